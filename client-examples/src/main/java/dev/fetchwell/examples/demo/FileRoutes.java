package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of 32 MiB with a strong {@code ETag} and ranges, and its SHA-256. The first answer breaks
 * off after 40 % with a TCP reset.
 */
final class FileRoutes {

  private static final int BLOCK = 256 * 1024;
  private static final int BLOCKS = 128;
  private static final long LENGTH = (long) BLOCK * BLOCKS;
  private static final String TAG = "\"edition-1\"";
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,12})-");
  private static final Duration PACE = Duration.ofMillis(1);

  private final AtomicBoolean brokeOff = new AtomicBoolean();

  private FileRoutes() {}

  static void addTo(Routes routes) {
    FileRoutes files = new FileRoutes();
    routes.add("/files/big.bin", files::file);
    routes.add("/files/big.bin.sha256", FileRoutes::checksum);
  }

  private void file(DemoExchange exchange) throws IOException {
    long from = start(exchange.request());
    exchange.header("ETag", TAG).header("Accept-Ranges", "bytes");
    if (from >= LENGTH) {
      exchange.header("Content-Range", "bytes */" + LENGTH).error(416, "nothing behind the end");
      return;
    }
    if (from > 0) {
      exchange.header("Content-Range", "bytes " + from + "-" + (LENGTH - 1) + "/" + LENGTH);
    }
    boolean breaksOff = !exchange.request().method().equals("HEAD") && !brokeOff.getAndSet(true);
    exchange.stream(
        from > 0 ? 206 : 200,
        "application/octet-stream",
        LENGTH - from,
        body -> {
          for (int block = (int) (from / BLOCK); block < BLOCKS; block++) {
            int skipped = (int) Math.max(0, from - (long) block * BLOCK);
            body.write(content(block), skipped, BLOCK - skipped);
            exchange.pause(PACE);
            if (breaksOff && block >= BLOCKS * 2 / 5) {
              exchange.reset();
            }
          }
        });
  }

  /** Where to begin: a range counts only for the edition that it was asked for. */
  private static long start(DemoRequest request) {
    @Nullable String range = request.header("Range");
    @Nullable String edition = request.header("If-Range");
    Matcher matcher = RANGE.matcher(range == null ? "" : range);
    boolean same = edition == null || edition.equals(TAG);
    return matcher.matches() && same ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static byte[] content(int block) {
    byte[] content = new byte[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      content[i] = (byte) (i * 31 + (i >>> 8) + block * 7);
    }
    return content;
  }

  private static void checksum(DemoExchange exchange) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int block = 0; block < BLOCKS; block++) {
        digest.update(content(block));
      }
      exchange.text(200, "text/plain", HexFormat.of().formatHex(digest.digest()) + "  big.bin\n");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
