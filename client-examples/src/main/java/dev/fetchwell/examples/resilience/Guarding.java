package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Errors;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import dev.fetchwell.policy.AddressGuard;

/** No call reaches an address that is nobody's business. */
final class Guarding implements Section {

  @Override
  public String title() {
    return "Address guard: no call reaches an internal address";
  }

  @Override
  public void show(DemoServer server, Report report) {
    int before = server.requests("/users/10");
    try (AsyncHttpClient guarded =
            Recorded.builder().addressGuard(AddressGuard.publicOnly()).build();
        AsyncHttpClient allowed =
            Recorded.builder()
                .addressGuard(AddressGuard.publicOnly().allow("127.0.0.0/8"))
                .build()) {
      String url = server.url("/users/10");
      report.error(
          AddressBlockedError.class,
          "this machine is none of the public's",
          () -> Errors.of(guarded.get(url)),
          error -> !error.mayHaveBeenProcessed());
      report.claim("and nothing was sent", server.requests("/users/10") == before);
      report.call("allow(\"127.0.0.0/8\"), and it is reached", () -> allowed.getString(url));
    }
  }
}
