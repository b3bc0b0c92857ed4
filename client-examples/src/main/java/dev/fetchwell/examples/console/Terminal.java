package dev.fetchwell.examples.console;

import java.io.Console;

/** Whether a person looks at what is printed. */
final class Terminal {

  private Terminal() {}

  static boolean isInteractive() {
    @SuppressWarnings("SystemConsoleNull") // From 22 on isTerminal decides.
    Console console = System.console();
    return console != null && isTerminal(console);
  }

  /** From Java 22 on there can be a console without a terminal; before, there is no such method. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException impossible) {
      return false;
    }
  }
}
