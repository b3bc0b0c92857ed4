package dev.fetchwell.socket;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A client whose handshakes end as a test says, on virtual time; confined to the test's thread. */
final class FakeHome implements Home {

  static final CallFacts FACTS = new CallFacts("GET", "https://h/", 1, Duration.ZERO, false);

  final VirtualTimer timer;
  final List<CallFuture<Link>> handshakes = new ArrayList<>();
  final List<SocketRun> adopted = new ArrayList<>();
  boolean closed;
  private final Platform platform;

  FakeHome() {
    this(Runnable::run, new VirtualTimer());
  }

  FakeHome(Executor threads, VirtualTimer timer) {
    this.timer = timer;
    this.platform = VirtualPlatform.of(threads, timer);
  }

  @Override
  public CompletableFuture<Link> connect() {
    CallFuture<Link> handshake = new CallFuture<>();
    handshakes.add(handshake);
    return handshake;
  }

  private CallFuture<Link> last() {
    return handshakes.get(handshakes.size() - 1);
  }

  /** The handshake that is under way succeeds. */
  FakeLink succeed() {
    FakeLink link = new FakeLink();
    last().complete(link);
    return link;
  }

  /** The handshake that is under way fails. */
  void fail(Throwable error) {
    last().completeExceptionally(error);
  }

  void failToConnect() {
    fail(new ConnectionError(ConnectionError.Kind.CONNECT, "", FACTS, null));
  }

  static FetchError status(int status, @Nullable Duration retryAfter) {
    return HttpStatusError.of(status, Map.of(), new byte[0], retryAfter, FACTS);
  }

  @Override
  public Platform platform() {
    return platform;
  }

  @Override
  public void complete(Runnable completion) {
    completion.run();
  }

  @Override
  public boolean adopt(SocketRun socket) {
    adopted.add(socket);
    return !closed;
  }

  @Override
  public void release(SocketRun socket) {
    adopted.remove(socket);
  }

  @Override
  public String shownUrl() {
    return "https://h/";
  }
}
