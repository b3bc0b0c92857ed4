package dev.fetchwell.examples.cluster;

import dev.fetchwell.Outcome;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Fetches each URL with the client of its JVM. Every call ends with a row: an exception would fail
 * the job, and start it again from its last checkpoint, for one bad URL.
 */
final class FetchFunction extends RichAsyncFunction<String, FetchRow> {

  private static final long serialVersionUID = 1;

  private final ClientSettings settings;
  private transient @Nullable ClientLease lease;
  private transient @Nullable Map<ResultFuture<FetchRow>, Running> calls;
  private transient long begun;

  FetchFunction(ClientSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    lease = ClientLease.take(settings);
    calls = new ConcurrentHashMap<>();
  }

  @Override
  public void asyncInvoke(String url, ResultFuture<FetchRow> result) {
    // region: flink-fetch
    ClientLease shared = lease();
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    CompletableFuture<Outcome<FetchRow.Page>> call =
        Outcome.of(shared.client().get(url).as(FetchRow.Page::of));
    running().put(result, new Running(begun++, call));
    var unused =
        call.whenComplete(
            (outcome, cancelled) -> {
              running().remove(result);
              result.complete(
                  List.of(
                      outcome == null
                          ? FetchRow.cancelled(url, shared.name(), subtask)
                          : FetchRow.of(url, outcome, shared.name(), subtask)));
            });
    // endregion
  }

  /** Not before the client's own timeout, unless Flink's is set too low. */
  @Override
  public void timeout(String url, ResultFuture<FetchRow> result) {
    Running running = running().get(result);
    if (running != null) {
      running.call().cancel(true);
    }
  }

  /**
   * Also when the job fails or is cancelled: what is in flight then is of no use to anybody. The
   * youngest goes first, because it may wait for the permit of an older one, and would be sent.
   */
  @Override
  public void close() {
    if (lease != null) {
      running().values().stream()
          .sorted(Comparator.comparing(Running::number).reversed())
          .forEach(running -> running.call().cancel(true));
      lease.close();
    }
  }

  private ClientLease lease() {
    return Objects.requireNonNull(lease, "open() was not called");
  }

  private Map<ResultFuture<FetchRow>, Running> running() {
    return Objects.requireNonNull(calls, "open() was not called");
  }

  private record Running(long number, CompletableFuture<?> call) {}
}
