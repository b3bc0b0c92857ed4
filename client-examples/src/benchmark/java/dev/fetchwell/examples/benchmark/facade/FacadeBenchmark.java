package dev.fetchwell.examples.benchmark.facade;

import dev.failsafe.FailsafeExecutor;
import dev.failsafe.okhttp.FailsafeCall;
import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.benchmark.client.FailsafeOkHttp;
import dev.fetchwell.examples.benchmark.client.Job;
import dev.fetchwell.examples.benchmark.client.Protocol;
import dev.fetchwell.examples.benchmark.client.User;
import dev.fetchwell.examples.benchmark.client.VirtualThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a call costs without a network: this client beside OkHttp alone and in others' hands. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(FacadeBenchmark.CALLS)
public class FacadeBenchmark {

  static final int CALLS = 1_000;

  private final Job job = Job.of(64, Protocol.HTTP1);
  private final OkHttpClient okHttp = FakeWire.client();
  private final OkHttpClient timed = okHttp.newBuilder().callTimeout(job.attemptTimeout()).build();
  private final ExecutorService threads = VirtualThreads.orPooled();
  private final AsyncHttpClient ours = AsyncHttpClient.builder().okHttp(okHttp).build();
  private final FailsafeExecutor<Response> failsafe = FailsafeOkHttp.policies(job);
  private final Resilience4jCalls resilience4j = new Resilience4jCalls(job, timed);

  /** Ends what has threads. */
  @TearDown
  public void close() {
    ours.close();
    resilience4j.close();
    threads.shutdown();
    okHttp.dispatcher().executorService().shutdown();
  }

  /** This client, with its defaults. */
  @Benchmark
  public void bytesOurs() throws Exception {
    Chain.run(() -> ours.getBytes(FakeWire.URL), CALLS);
  }

  /** This client, with its defaults. */
  @Benchmark
  public void jsonOurs() throws Exception {
    Chain.run(() -> ours.getJson(FakeWire.URL, User.class), CALLS);
  }

  /** OkHttp on a thread of the kind that this client uses. */
  @Benchmark
  public void bytesExecute() throws Exception {
    Chain.run(() -> OkHttpCalls.execute(okHttp, threads, Reading.BYTES), CALLS);
  }

  /** OkHttp on a thread of the kind that this client uses. */
  @Benchmark
  public void jsonExecute() throws Exception {
    Chain.run(() -> OkHttpCalls.execute(okHttp, threads, Reading.JSON), CALLS);
  }

  /** OkHttp on a thread of its Dispatcher. */
  @Benchmark
  public void jsonEnqueue() throws Exception {
    Chain.run(() -> OkHttpCalls.enqueue(okHttp, Reading.JSON), CALLS);
  }

  /** Failsafe's module for OkHttp. */
  @Benchmark
  public void jsonFailsafe() throws Exception {
    Chain.run(() -> failsafe(Reading.JSON), CALLS);
  }

  /** resilience4j's decorators by hand. */
  @Benchmark
  public void jsonResilience4j() throws Exception {
    Chain.run(() -> resilience4j.get(Reading.JSON), CALLS);
  }

  private <T> CompletableFuture<T> failsafe(Reading<T> reading) {
    return FailsafeCall.with(failsafe)
        .compose(timed.newCall(new Request.Builder().url(FakeWire.URL).build()))
        .executeAsync()
        .thenApply(
            response -> {
              try (response) {
                return reading.read(response);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
