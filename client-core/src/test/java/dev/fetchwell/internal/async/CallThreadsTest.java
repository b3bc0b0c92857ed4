package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CallThreadsTest {

  @Test
  void callsRunOnVirtualThreadsWhereBlockingUnderAMonitorPinsNoCarrier() {
    boolean expected = Runtime.version().feature() >= 24;

    assertThat(CallThreads.virtual().isPresent()).isEqualTo(expected);
    assertThat(CallThreads.shared() instanceof ThreadPoolExecutor).isEqualTo(!expected);
  }

  @Test
  void sharedThreadsAreNamedDaemons() throws Exception {
    Future<Thread> thread = CallThreads.shared().submit(Thread::currentThread);

    assertThat(thread.get().isDaemon()).isTrue();
    assertThat(thread.get().getName()).matches("fetchwell(-[0-9]+)?");
  }

  @Test
  void platformThreadsAreDaemonsAndATaskNeverWaitsForAnother() throws Exception {
    ExecutorService threads = CallThreads.platform();
    int tasks = 20;
    CountDownLatch together = new CountDownLatch(tasks);
    try {
      List<Future<Boolean>> met = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        met.add(
            threads.submit(
                () -> {
                  together.countDown();
                  return together.await(20, TimeUnit.SECONDS) && Thread.currentThread().isDaemon();
                }));
      }
      for (Future<Boolean> each : met) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void platformThreadsDieWhenIdle() {
    ThreadPoolExecutor threads = (ThreadPoolExecutor) CallThreads.platform();

    assertThat(threads.getCorePoolSize()).isZero();
    assertThat(threads.getKeepAliveTime(TimeUnit.SECONDS)).isEqualTo(10);
    threads.shutdown();
  }

  @Test
  void threadsInheritNothingOfWhoStartsACall() throws Exception {
    ClassLoader callers = new ClassLoader(null) {};
    InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
    Thread caller = Thread.currentThread();
    ClassLoader before = caller.getContextClassLoader();
    ExecutorService fresh = CallThreads.platform();
    local.set("of the caller");
    caller.setContextClassLoader(callers);
    try {
      for (ExecutorService threads : List.of(CallThreads.shared(), fresh)) {
        assertThat(threads.submit(local::get).get()).isNull();
        assertThat(threads.submit(() -> Thread.currentThread().getContextClassLoader()).get())
            .isSameAs(CallThreads.class.getClassLoader());
      }
    } finally {
      caller.setContextClassLoader(before);
      local.remove();
      fresh.shutdown();
    }
  }
}
