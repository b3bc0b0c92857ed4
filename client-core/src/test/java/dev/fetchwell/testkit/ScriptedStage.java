package dev.fetchwell.testkit;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The next stage of a test: records what it is sent, and answers by its script; beyond the script's
 * end it leaves the answer to the test. Confined to one thread.
 */
public final class ScriptedStage implements Stage {

  /** One answer: a reply, or an error that is thrown. */
  public interface Answer {

    /** Answers a request. */
    Reply to(FetchRequest request, CallContext context);
  }

  /** What was sent, and the future that answers it. */
  public record Sent(FetchRequest request, Attempt attempt, CompletableFuture<Reply> future) {}

  private final List<Sent> sent = new ArrayList<>();
  private final Deque<Answer> script = new ArrayDeque<>();
  private @Nullable Answer always;

  /** A stage that leaves all answers to the test. */
  public ScriptedStage() {}

  /** The next answer of the script. */
  public ScriptedStage then(Answer answer) {
    script.add(answer);
    return this;
  }

  /** The answer beyond the script's end. */
  public ScriptedStage always(Answer answer) {
    always = answer;
    return this;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CompletableFuture<Reply> future = new CompletableFuture<>();
    if (context.attempts() == 0) {
      context.beginAttempt(false, false);
    }
    sent.add(new Sent(request, context.attempt(), future));
    Answer answer = script.isEmpty() ? always : script.poll();
    if (answer != null) {
      try {
        future.complete(answer.to(request, context));
      } catch (FetchError error) {
        future.completeExceptionally(error);
      }
    }
    return future;
  }

  /** How many requests came. */
  public int count() {
    return sent.size();
  }

  /** A request that came, from 0. */
  public Sent sent(int index) {
    return sent.get(index);
  }

  /** The request that came last. */
  public Sent last() {
    return sent.get(sent.size() - 1);
  }
}
