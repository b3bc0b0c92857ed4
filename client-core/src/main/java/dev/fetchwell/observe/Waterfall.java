package dev.fetchwell.observe;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes a page of a HAR file, to be opened in a browser: a row for each call, in it a bar for each
 * attempt with its phases, the waits before retries and for permits; filters by host and outcome;
 * percentiles of what is shown.
 *
 * <pre>{@code
 * Waterfall.html(Path.of("calls.har"), Path.of("calls.html"));
 *
 * java -cp ... dev.fetchwell.observe.Waterfall calls.har calls.html
 * }</pre>
 *
 * <p>The page is one file and loads nothing from anywhere. It holds the whole HAR file, and so
 * whatever secrets are in that; a {@link HarRecorder}'s has none, unless bodies were asked for.
 * Files of browsers do as well: each of their entries is a row.
 */
public final class Waterfall {

  private static final String TEMPLATE = "waterfall.html";
  private static final String PLACE = "{{har}}";
  private static final int BLOCK = 64 << 10;

  /** So much of a file is looked at to see whether it is a HAR file. */
  private static final int BEGINNING = 64 << 10;

  private Waterfall() {}

  /**
   * Makes a page of a file: {@code Waterfall calls.har [calls.html]}.
   *
   * @throws IOException if that fails
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0 || arguments.length > 2) {
      throw new IllegalArgumentException("expected: calls.har [calls.html]");
    }
    Path har = Path.of(arguments[0]);
    html(har, arguments.length == 2 ? Path.of(arguments[1]) : pageOf(har));
  }

  private static Path pageOf(Path har) {
    String name = Objects.requireNonNull(har.getFileName(), "file").toString();
    int dot = name.lastIndexOf('.');
    return har.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".html");
  }

  /**
   * Makes a page of a HAR file. That may be one whose process was killed, or still writes to it: an
   * entry that is not whole is left out.
   *
   * @param page is replaced if it is there
   * @return the page
   * @throws IOException if the file cannot be read or is no HAR file, or the page cannot be written
   */
  public static Path html(Path har, Path page) throws IOException {
    Objects.requireNonNull(har, "har");
    Objects.requireNonNull(page, "page");
    try (FileChannel file = open(har)) {
      HarTail tail = HarTail.of(file);
      int skipped = tail.ours() && file.size() > 0 ? 0 : check(har, file);
      if (Files.exists(page) && Files.isSameFile(har, page)) {
        throw new IOException(page + " is the HAR file itself; name another file for the page");
      }
      Path directory = page.toAbsolutePath().getParent();
      Path draft = Files.createTempFile(directory, "waterfall", ".tmp");
      try {
        write(file, skipped, tail, draft);
        Files.move(draft, page, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    }
    return page;
  }

  private static FileChannel open(Path har) throws IOException {
    try {
      return FileChannel.open(har, StandardOpenOption.READ);
    } catch (NoSuchFileException missing) {
      throw new NoSuchFileException(
          har.toString(),
          null,
          "no such file (expected: one that a HarRecorder or a browser wrote)");
    }
  }

  private static void write(FileChannel har, int from, HarTail tail, Path page) throws IOException {
    String template = template();
    int place = template.indexOf(PLACE);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(page))) {
      out.write(bytes(template.substring(0, place)));
      copy(har, from, tail.wholeTo(), out);
      if (tail.ours()) {
        out.write(bytes(tail.wholeTo() == 0 ? HarFile.HEAD + HarFile.TAIL : HarFile.TAIL));
      }
      out.write(bytes(template.substring(place + PLACE.length())));
    }
  }

  /** In JSON, {@code <} is in strings only, where no element of the page may end or begin. */
  private static void copy(FileChannel har, long from, long to, OutputStream out)
      throws IOException {
    byte[] escaped = bytes("\\u003c");
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    long at = from;
    while (at < to) {
      block.clear().limit((int) Math.min(BLOCK, to - at));
      int read = har.read(block, at);
      if (read < 0) {
        throw new IOException("the HAR file has been cut meanwhile; try again");
      }
      for (int i = 0; i < read; i++) {
        byte each = block.get(i);
        if (each == '<') {
          out.write(escaped);
        } else {
          out.write(each);
        }
      }
      at += read;
    }
  }

  /** Says what to do with a file that is no HAR; how many bytes stand before one that is. */
  private static int check(Path har, FileChannel file) throws IOException {
    byte[] start = new byte[(int) Math.min(BEGINNING, file.size())];
    ByteBuffer buffer = ByteBuffer.wrap(start);
    while (buffer.hasRemaining() && file.read(buffer, buffer.position()) >= 0) {
      // Until it is full.
    }
    boolean marked = start.length > 2 && start[0] == (byte) 0xEF && start[1] == (byte) 0xBB;
    int skipped = marked ? 3 : 0;
    String text = new String(start, skipped, start.length - skipped, StandardCharsets.UTF_8);
    String problem = problem(text);
    if (problem != null) {
      throw new IOException(
          har
              + " is no HAR file: "
              + problem
              + " (expected: a file of a HarRecorder, or one that a browser's network panel saved"
              + " as HAR)");
    }
    return skipped;
  }

  private static @Nullable String problem(String start) {
    if (start.isBlank()) {
      return "it is empty";
    }
    if (!start.stripLeading().startsWith("{")) {
      return "it does not begin with '{'";
    }
    return start.contains("\"log\"") ? null : "it has no \"log\"";
  }

  private static String template() throws IOException {
    try (InputStream in = Waterfall.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IOException(
            TEMPLATE + " is missing beside " + Waterfall.class.getName() + " on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
