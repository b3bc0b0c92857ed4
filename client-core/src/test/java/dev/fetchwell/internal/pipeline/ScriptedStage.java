package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The next stage of a test: records what it is sent, and answers by its script; beyond the script's
 * end it leaves the answer to the test.
 */
final class ScriptedStage implements Stage {

  /** One answer: a reply, or an error that is thrown. */
  interface Answer {

    Reply to(FetchRequest request, CallContext context);
  }

  /** What was sent, and the future that answers it. */
  record Sent(FetchRequest request, Attempt attempt, CompletableFuture<Reply> future) {}

  private final List<Sent> sent = new ArrayList<>();
  private final Deque<Answer> script = new ArrayDeque<>();
  private @Nullable Answer always;

  ScriptedStage then(Answer answer) {
    script.add(answer);
    return this;
  }

  ScriptedStage always(Answer answer) {
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

  int count() {
    return sent.size();
  }

  Sent sent(int index) {
    return sent.get(index);
  }

  Sent last() {
    return sent.get(sent.size() - 1);
  }
}
