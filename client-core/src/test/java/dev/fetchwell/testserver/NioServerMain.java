package dev.fetchwell.testserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A {@link NioServer} as a process. Prints its port, then answers each line of input with one line
 * of output: {@code release}, {@code hold N}, {@code stall}, {@code unavailable}, {@code reset}
 * with {@code ok}, {@code statistics} with numbers. Ends with its input, and so with the process
 * that started it.
 */
public final class NioServerMain {

  private NioServerMain() {}

  /** No arguments. */
  public static void main(String[] args) throws IOException {
    try (NioServer server = NioServer.start()) {
      System.out.println(server.port());
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println(run(server, line.strip()));
      }
    }
  }

  private static String run(NioServer server, String command) {
    if (command.startsWith("hold ")) {
      server.hold(Integer.parseInt(command.substring("hold ".length())));
      return "ok";
    }
    switch (command) {
      case "release" -> server.release();
      case "stall" -> server.stall();
      case "unavailable" -> server.unavailable();
      case "reset" -> server.resetStatistics();
      case "statistics" -> {
        return server.statistics().line();
      }
      default -> {
        return "unknown: " + command;
      }
    }
    return "ok";
  }
}
