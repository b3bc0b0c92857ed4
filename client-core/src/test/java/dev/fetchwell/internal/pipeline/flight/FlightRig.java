package dev.fetchwell.internal.pipeline.flight;

import static dev.fetchwell.testkit.TestCalls.URL;
import static dev.fetchwell.testkit.TestCalls.headers;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The stages around a flight, on virtual time; what they send waits for the test to answer. */
final class FlightRig {

  static final CallOptions SHARED = options().singleFlight(true);

  final VirtualTimer timer = new VirtualTimer();
  final ManualExecutor threads = new ManualExecutor();
  final List<Sent> sent = new ArrayList<>();
  private final Platform platform = VirtualPlatform.of(threads, timer);
  final Flights flights = new Flights(2, platform);
  final Stage stage = Layer.onto(this::send, List.of(Deadline.layer(), flights.layer()));

  /** What has been sent, to be answered by the test. */
  record Sent(CallContext context, CompletableFuture<Reply> future) {}

  CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CompletableFuture<Reply> future = new CompletableFuture<>();
    context.beginAttempt(false, false);
    context.events().attemptStarted(1);
    sent.add(new Sent(context, future));
    return future;
  }

  CallContext context(CallOptions options) {
    return context(options, ReplyReaders.BYTES);
  }

  CallContext context(CallOptions options, ReplyReader<?> reader) {
    return TestCalls.context(request("GET"), options, reader, platform);
  }

  /** A call that shares, and who hears of it. */
  CallContext context(CallListener listener) {
    return TestCalls.context(request("GET"), SHARED, ReplyReaders.BYTES, platform, listener);
  }

  static Reply whole(String body) {
    return Reply.held(200, headers(), URL, body.getBytes(StandardCharsets.UTF_8));
  }
}
