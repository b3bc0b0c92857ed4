package dev.fetchwell.examples.bulk;

import java.util.List;

/**
 * Rows that are asked about and written together.
 *
 * @param customers the good ones
 * @param rejects the bad ones between them
 * @param lastLine up to which line the file is done with it
 */
record Chunk(List<Customer> customers, List<Reject> rejects, long lastLine) {

  int rows() {
    return customers.size() + rejects.size();
  }
}
