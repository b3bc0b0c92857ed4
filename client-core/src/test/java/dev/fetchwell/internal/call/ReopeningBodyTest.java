package dev.fetchwell.internal.call;

import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.VirtualTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReopeningBodyTest {

  private final CallContext context = context(request("GET"), options(), new VirtualTimer());
  private final byte[] target = new byte[100];
  private final List<FetchError> reopenedAfter = new ArrayList<>();

  @Test
  void bodyThatBreaksBeforeItsFirstByteIsRequestedOnceMore() {
    TestBody first = breaking();
    TestBody second = new TestBody("hello");
    ReopeningBody body = reopening(first, reply(200, "e1", second));

    assertThat(body.read(target)).isEqualTo(5);
    assertThat(body.read(target)).isEqualTo(-1);
    assertThat(reopenedAfter).hasSize(1);
  }

  @Test
  void bodyThatBreaksAfterItsFirstByteIsNot() {
    TestBody first = new TestBody("hel").then(this::reset);
    ReopeningBody body = reopening(first, reply(200, "e1", new TestBody("hello")));

    assertThat(body.read(target)).isEqualTo(3);
    assertThatThrownBy(() -> body.read(target)).isInstanceOf(ConnectionError.class);
    assertThat(reopenedAfter).isEmpty();
  }

  @Test
  void replyOfAnotherVersionIsNotTakenForTheSameBody() {
    TestBody other = new TestBody("other");
    ReopeningBody changed = reopening(breaking(), reply(200, "e2", other));

    assertThatThrownBy(() -> changed.read(target)).isInstanceOf(ConnectionError.class);
    assertThat(other.cancelled()).isTrue();
  }

  @Test
  void replyOfAnotherStatusIsNotTakenForTheSameBody() {
    TestBody other = new TestBody("other");
    ReopeningBody changed = reopening(breaking(), reply(206, "e1", other));

    assertThatThrownBy(() -> changed.read(target)).isInstanceOf(ConnectionError.class);
    assertThat(other.cancelled()).isTrue();
  }

  @Test
  void errorOfReopeningIsTheOneThatIsThrown() {
    ConnectionError last =
        new ConnectionError(ConnectionError.Kind.CONNECT, "", context.facts(), null);
    ReopeningBody body =
        new ReopeningBody(
            reply(200, "e1", breaking()), breaking(), e -> CompletableFuture.failedFuture(last));
    List<String> ended = new ArrayList<>();
    body.whenEnded(() -> ended.add("ended"));

    assertThatThrownBy(() -> body.read(target)).isSameAs(last);
    assertThat(ended).containsExactly("ended");
  }

  @Test
  void reopeningThatTheClosingClientCancelsIsACancelOfTheBody() {
    CompletableFuture<Reply> closed = new CompletableFuture<>();
    closed.cancel(false);
    ReopeningBody body = new ReopeningBody(reply(200, "e1", breaking()), breaking(), e -> closed);
    List<String> ended = new ArrayList<>();
    body.whenEnded(() -> ended.add("ended"));

    assertThatThrownBy(() -> body.read(target)).isInstanceOf(CancellationException.class);
    assertThat(ended).containsExactly("ended");
  }

  @Test
  void cancelReachesTheBodyAndEndsIt() {
    TestBody first = new TestBody("one");
    ReopeningBody body = reopening(first, reply(200, "e1", new TestBody("two")));
    List<String> ended = new ArrayList<>();
    body.whenEnded(() -> ended.add("ended"));

    body.cancel();
    body.cancel();

    assertThat(first.cancelled()).isTrue();
    assertThat(ended).containsExactly("ended");
  }

  @Test
  void cancelledBodyIsNotRequestedAgain() {
    TestBody first = breaking();
    ReopeningBody body = reopening(first, reply(200, "e1", new TestBody("two")));
    body.cancel();

    assertThatThrownBy(() -> body.read(target)).isInstanceOf(CancellationException.class);
    assertThat(reopenedAfter).isEmpty();
  }

  @Test
  void endOfTheFirstBodyIsNotTheEndWhileAnotherFollows() {
    TestBody first = breaking();
    List<String> ended = new ArrayList<>();
    ReopeningBody body = reopening(first, reply(200, "e1", new TestBody("hello")));
    body.whenEnded(() -> ended.add("ended"));

    body.read(target);
    assertThat(ended).isEmpty();
    body.read(target);
    assertThat(ended).containsExactly("ended");
  }

  private ReopeningBody reopening(TestBody first, Reply second) {
    return new ReopeningBody(
        reply(200, "e1", first),
        first,
        error -> {
          reopenedAfter.add(error);
          return CompletableFuture.completedFuture(second);
        });
  }

  private static Reply reply(int status, String tag, OpenBody body) {
    return open(status, body, "ETag", tag);
  }

  private TestBody breaking() {
    return new TestBody().then(this::reset);
  }

  private int reset() {
    throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
  }
}
