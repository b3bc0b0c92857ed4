package dev.fetchwell.internal.pipeline.prepare;

import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Bearer tokens on virtual time, from a source that the test answers for. */
final class TokensRig {

  static final Duration HOUR = Duration.ofHours(1);
  static final Duration SECOND = Duration.ofSeconds(1);
  static final FetchRequest REQUEST = request("POST");

  final VirtualTimer timer = new VirtualTimer();
  final ManualExecutor threads = new ManualExecutor();
  final Platform platform = VirtualPlatform.of(threads, timer);
  final ScriptedStage next = new ScriptedStage().always(replies(200));
  final EventRecorder events = new EventRecorder();

  /** What the source gave, and the test completes. */
  final List<CompletableFuture<Token>> fetches = new ArrayList<>();

  final BearerTokens tokens =
      new BearerTokens(TokenSource.of(this::fetch), platform, new OwnOrigin(null));
  final Stage stage = tokens.layer().around(next);

  CompletableFuture<Token> fetch() {
    CompletableFuture<Token> fetch = new CompletableFuture<>();
    fetches.add(fetch);
    return fetch;
  }

  CompletableFuture<Reply> send() {
    return send(REQUEST);
  }

  CompletableFuture<Reply> send(FetchRequest sent) {
    CallContext context = contextOf(sent);
    CompletableFuture<Reply> call = stage.send(sent, context);
    threads.runAll();
    return call;
  }

  CallContext contextOf(FetchRequest sent) {
    CallContext context = context(sent, options(), ReplyReaders.BYTES, platform, events);
    var unused = context.beginAttempt(false, false);
    return context;
  }

  void come(String value, Duration life) {
    Token token = new Token(value, platform.clock().instant().plus(life));
    fetches.get(fetches.size() - 1).complete(token);
    threads.runAll();
  }

  void fail(Throwable thrown) {
    fetches.get(fetches.size() - 1).completeExceptionally(thrown);
    threads.runAll();
  }

  void advance(Duration time) {
    timer.advance(time);
    threads.runAll();
  }

  String sentLast() {
    return next.last().request().header("Authorization").orElse("none");
  }
}
