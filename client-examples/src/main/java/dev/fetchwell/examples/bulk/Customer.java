package dev.fetchwell.examples.bulk;

import java.math.BigDecimal;
import java.util.List;

/**
 * A good row of the file.
 *
 * @param line where it begins
 * @param id unique
 * @param name not empty
 * @param city not empty
 * @param amount not negative, with at most two decimals
 */
record Customer(long line, long id, String name, String city, BigDecimal amount) {

  static final List<String> COLUMNS = List.of("id", "name", "city", "amount");

  private static final BigDecimal MOST = new BigDecimal("9999999999.99");

  /**
   * Reads the fields of a row.
   *
   * @throws IllegalArgumentException if they are no customer, with the reason
   */
  static Customer of(long line, List<String> fields) {
    if (fields.size() != COLUMNS.size()) {
      throw new IllegalArgumentException(
          fields.size() + " fields in place of " + COLUMNS.size() + ": " + COLUMNS);
    }
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (fields.get(i).isBlank() || fields.get(i).indexOf('\0') >= 0) {
        throw new IllegalArgumentException(COLUMNS.get(i) + " is missing");
      }
    }
    return new Customer(
        line, id(fields.get(0)), fields.get(1), fields.get(2), amount(fields.get(3)));
  }

  String text() {
    return CsvSource.text(List.of(Long.toString(id), name, city, amount.toPlainString()));
  }

  private static long id(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("id is no whole number: " + text, e);
    }
  }

  private static BigDecimal amount(String text) {
    BigDecimal amount;
    try {
      amount = new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("amount is no number: " + text, e);
    }
    if (amount.signum() < 0 || amount.compareTo(MOST) > 0 || amount.scale() > 2) {
      throw new IllegalArgumentException(
          "amount is not between 0 and " + MOST + " with at most two decimals: " + text);
    }
    return amount;
  }
}
