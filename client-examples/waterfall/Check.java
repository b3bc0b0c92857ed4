import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * Opens pages of the waterfall, which are beside their HAR files, in a real Chromium without a
 * window, checks what a user would see, and imports the files as its network panel does: {@code java Check.java CHROMIUM FOLDER HAR...}. It needs nothing but a JDK, and speaks to
 * the browser over loopback by its DevTools protocol.
 */
final class Check implements WebSocket.Listener {

  private static final Pattern PORT = Pattern.compile("ws://127\\.0\\.0\\.1:(\\d+)/\\S+");
  private static final Pattern VALUE =
      Pattern.compile("\"result\":\\{\"type\":\"\\w+\",\"value\":(\"(?:[^\"\\\\]|\\\\.)*\"|[^,}]+)");

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final List<String> complaints = new ArrayList<>();
  private final StringBuilder part = new StringBuilder();
  private WebSocket socket;
  private String session = "";
  private int lastId;

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    Path profile = Files.createTempDirectory("waterfall-profile");
    Process chromium = start(arguments[0], profile);
    try {
      Check check = new Check();
      URI browser = address(chromium);
      check.connect(browser);
      for (int i = 2; i < arguments.length; i++) {
        check.importFile(Path.of(arguments[i]), browser);
        check.page(Path.of(arguments[i].replaceAll("\\.har$", ".html")), folder);
      }
    } finally {
      chromium.descendants().forEach(ProcessHandle::destroyForcibly);
      chromium.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      delete(profile);
    }
  }

  /** As root, as in containers, it runs only without its sandbox; it opens pages of our own only. */
  private static Process start(String chromium, Path profile) throws IOException {
    return new ProcessBuilder(
            chromium,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--window-size=1280,800",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank")
        .redirectErrorStream(true)
        .start();
  }

  private static URI address(Process chromium) throws Exception {
    List<String> said = new ArrayList<>();
    CompletableFuture<URI> found = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              chromium
                  .inputReader()
                  .lines()
                  .forEach(
                      line -> {
                        said.add(line);
                        Matcher port = PORT.matcher(line);
                        if (port.find()) {
                          found.complete(URI.create(port.group()));
                        }
                      });
              found.completeExceptionally(new IOException("Chromium ended: " + said));
            });
    reader.setDaemon(true);
    reader.start();
    return found.get(60, TimeUnit.SECONDS);
  }

  private void connect(URI browser) throws Exception {
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(browser, this)
            .get(20, TimeUnit.SECONDS);
    String target =
        field(call("Target.createTarget", "{\"url\":\"about:blank\"}"), "\"targetId\":\"([^\"]+)\"");
    String attached =
        call("Target.attachToTarget", "{\"targetId\":\"" + target + "\",\"flatten\":true}");
    session = field(attached, "\"sessionId\":\"([^\"]+)\"");
    call("Page.enable", "{}");
    call("Runtime.enable", "{}");
    call("Log.enable", "{}");
    call("Network.enable", "{}");
  }

  /** By the code of Chromium's own network panel, where the browser has it at hand. */
  private void importFile(Path har, URI browser) throws Exception {
    String panel = "http://127.0.0.1:" + browser.getPort();
    HttpServer files = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    files.createContext("/", exchange -> answer(exchange, har));
    files.start();
    try {
      call("Page.navigate", "{\"url\":\"" + panel + "/json/version\"}");
      await("location.port === '" + browser.getPort() + "' && document.readyState === 'complete'");
      evaluate(
          "globalThis.imported = ''; import('/devtools/models/har/har.js').then(async panel => {"
              + "const file = await fetch('http://127.0.0.1:"
              + files.getAddress().getPort()
              + "/'); const har = JSON.parse(await file.text());"
              + "const root = new panel.HARFormat.HARRoot(har);"
              + "const requests = panel.Importer.Importer.requestsFromHARLog(root.log);"
              + "imported = requests.length === har.log.entries.length"
              + " && requests.every(each => each.url() && each.endTime >= each.startTime)"
              + " ? 'all ' + requests.length : 'only ' + requests.length;"
              + "}).catch(failed => imported = 'failed: ' + failed)");
      await("imported !== ''");
      String imported = evaluate("imported");
      if (imported.contains("dynamically imported module")) {
        System.out.println("--  this Chromium has no network panel at hand to import into");
      } else {
        expect(imported.startsWith("\"all "), "the network panel imports " + imported);
        System.out.println("ok  " + har.getFileName() + ": Chromium's importer took " + imported);
      }
    } finally {
      files.stop(0);
      complaints.clear(); // Of the panel's own modules, outside of their page.
    }
  }

  private static void answer(HttpExchange exchange, Path file) throws IOException {
    exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
    exchange.sendResponseHeaders(200, Files.size(file));
    Files.copy(file, exchange.getResponseBody());
    exchange.close();
  }

  private void page(Path page, Path folder) throws Exception {
    long start = System.nanoTime();
    call("Page.navigate", "{\"url\":\"" + page.toAbsolutePath().toUri() + "\"}");
    await("document.documentElement?.dataset.ready === 'yes'");
    long millis = (System.nanoTime() - start) / 1_000_000;
    int calls = number("Number(document.documentElement.dataset.calls)");
    int inFile = number("new Set(all.map(each => each.id)).size");
    expect(calls > 0 && calls == inFile, "a row for each call: " + calls + " of " + inFile);
    expect(number("Number(document.documentElement.dataset.shown)") == calls, "all are shown");
    expect(everyRowCanBeReached(calls), "each row comes into view when one scrolls");
    expect(
        number("document.querySelectorAll('#rows .row').length") < 200,
        "rows out of sight are not in the document");
    expect(number("document.querySelectorAll('#rows .bar').length") > 0, "there are bars");
    screenshot(page, folder, "");
    filters(calls);
    keyboard();
    screenshot(page, folder, "-details");
    call("Emulation.setEmulatedMedia", "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"dark\"}]}");
    screenshot(page, folder, "-dark");
    call("Emulation.setEmulatedMedia", "{\"features\":[]}");
    expect(
        number("performance.getEntriesByType('resource').length") == 0, "nothing else is loaded");
    expect(complaints.isEmpty(), "no error in the console: " + complaints);
    System.out.println("ok  " + page.getFileName() + ": " + calls + " calls, ready in " + millis + " ms");
  }

  /** Steps over the whole list and notes which rows were drawn. */
  private boolean everyRowCanBeReached(int calls) throws Exception {
    return number(
            "(() => { const seen = new Set(); const box = document.getElementById('scroller');"
                + "for (let top = 0; top <= shown.length * ROW; top += box.clientHeight || ROW) {"
                + " box.scrollTop = top; draw();"
                + " document.querySelectorAll('#rows .row').forEach(row => seen.add(row.dataset.at)); }"
                + "box.scrollTop = 0; draw(); return seen.size; })()")
        == calls;
  }

  /** By the controls that a user sees, and by the address. */
  private void filters(int calls) throws Exception {
    String set =
        "(id, value) => { const box = document.getElementById(id); box.value = value;"
            + " box.dispatchEvent(new Event('input')); return shown.length; }";
    int ok = number("(" + set + ")('outcome', 'ok')");
    int failed = number("(" + set + ")('outcome', 'failed')");
    int cancelled = number("(" + set + ")('outcome', 'cancelled')");
    expect(ok + failed + cancelled == calls, "outcomes: " + ok + " + " + failed + " + " + cancelled);
    expect(number("(" + set + ")('outcome', '')") == calls, "all again");
    int byHost =
        number(
            "[...document.getElementById('host').options].slice(1)"
                + ".reduce((sum, each) => sum + (" + set + ")('host', each.value), 0)");
    expect(byHost == calls, "hosts: " + byHost);
    expect(number("(" + set + ")('host', '')") == calls, "all again");
    expect(number("(" + set + ")('q', 'no such call')") == 0, "nothing is found");
    expect(number("Number(document.getElementById('empty').hidden)") == 0, "and that is said");
    expect(number("(" + set + ")('q', '')") == calls, "all again");
    evaluate("location.hash = '#outcome=ok'");
    await("shown.length === " + ok);
    evaluate("location.hash = '#outcome='");
    await("shown.length === " + calls);
    expect(
        number("parseFloat(document.querySelector('[data-name=p50] dd').textContent)") >= 0, "p50");
  }

  private void keyboard() throws Exception {
    evaluate("document.getElementById('scroller').focus()");
    press("End");
    expect(number("picked - shown.length") == -1, "End goes to the last row");
    press("Home");
    expect(number("picked") == 0, "Home goes to the first row");
    press("Enter");
    expect(number("Number(document.getElementById('details').hidden)") == 0, "Enter shows details");
  }

  private void press(String key) throws Exception {
    String event = ",\"key\":\"" + key + "\",\"code\":\"" + key + "\"}";
    call("Input.dispatchKeyEvent", "{\"type\":\"keyDown\"" + event);
    call("Input.dispatchKeyEvent", "{\"type\":\"keyUp\"" + event);
  }

  private void screenshot(Path page, Path folder, String which) throws Exception {
    String data = field(call("Page.captureScreenshot", "{}"), "\"data\":\"([^\"]+)\"");
    String name = page.getFileName().toString().replaceAll("\\.html$", which + ".png");
    Path file = Files.write(folder.resolve(name), Base64.getDecoder().decode(data));
    var image = ImageIO.read(file.toFile());
    long colors =
        java.util.stream.IntStream.range(0, image.getWidth() * image.getHeight())
            .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
            .distinct()
            .count();
    expect(image.getWidth() > 1000 && colors > 50, name + " is not empty: " + colors + " colors");
  }

  private void await(String condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (number("Number(" + condition + ")") != 1) {
      expect(System.nanoTime() < deadline, "in 30 s: " + condition + " " + complaints);
      Thread.sleep(20);
    }
  }

  private int number(String script) throws Exception {
    return (int) Double.parseDouble(evaluate(script));
  }

  private String evaluate(String script) throws Exception {
    String quoted = script.replace("\\", "\\\\").replace("\"", "\\\"");
    String answer =
        call("Runtime.evaluate", "{\"expression\":\"" + quoted + "\",\"returnByValue\":true}");
    if (answer.contains("\"exceptionDetails\"")) {
      throw new IllegalStateException(script + ": " + answer);
    }
    Matcher value = VALUE.matcher(answer);
    return value.find() ? value.group(1) : "";
  }

  private String call(String method, String parameters) throws Exception {
    int id = ++lastId;
    String of = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
    String text =
        "{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + of + "}";
    socket.sendText(text, true).get(20, TimeUnit.SECONDS);
    while (true) {
      String message = messages.poll(60, TimeUnit.SECONDS);
      expect(message != null, "Chromium answers to " + method);
      if (message.startsWith("{\"id\":" + id + ",")) {
        expect(!message.contains("\"error\":{\"code\""), method + ": " + message);
        return message;
      }
      note(message);
    }
  }

  private void note(String message) {
    boolean thrown = message.contains("\"method\":\"Runtime.exceptionThrown\"");
    boolean logged =
        message.contains("\"method\":\"Log.entryAdded\"") && message.contains("\"level\":\"error\"");
    boolean said =
        message.contains("\"method\":\"Runtime.consoleAPICalled\"")
            && message.contains("\"type\":\"error\"");
    boolean asked =
        message.contains("\"method\":\"Network.requestWillBeSent\"")
            && message.contains("\"url\":\"http");
    if (thrown || logged || said || asked) {
      complaints.add(message.length() > 600 ? message.substring(0, 600) : message);
    }
  }

  private static String field(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    expect(found.find(), pattern + " in " + text.substring(0, Math.min(300, text.length())));
    return found.group(1);
  }

  private static void expect(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("not so: " + what);
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      messages.add(part.toString());
      part.setLength(0);
    }
    from.request(1);
    return null;
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        try {
          Files.deleteIfExists(each);
        } catch (IOException stillWritten) {
          // What a process that ends just now leaves in a temporary directory harms nobody.
        }
      }
    } catch (java.io.UncheckedIOException changing) {
      // Likewise.
    }
  }
}
