package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Writes calls and their attempts into the JDK's Flight Recorder, as {@code dev.fetchwell.Call} and
 * {@code dev.fetchwell.Attempt}. Addresses are redacted.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().listener(new JfrListener()).build();
 *
 * jcmd PID JFR.start; jcmd PID JFR.dump filename=calls.jfr
 * jfr print --events 'dev.fetchwell.*' calls.jfr
 * }</pre>
 *
 * <p>While no recording runs, or its settings leave the events out, it does not listen, and a call
 * costs as much as without it. Thread-safe.
 */
public final class JfrListener implements CallListener {

  private final ConcurrentHashMap<CallInfo, Recorded> running = new ConcurrentHashMap<>();

  /** A listener; one can serve several clients. */
  public JfrListener() {}

  /** One call, and those of its attempts that run; by their numbers. */
  private record Recorded(Call event, Map<Integer, Attempt> attempts) {}

  /** Only while a recording has the events of calls. */
  @Override
  public boolean hears() {
    return new Call().isEnabled();
  }

  @Override
  public void callStarted(CallStarted started) {
    Call event = new Call();
    if (event.isEnabled()) {
      event.begin();
      running.put(started.call(), new Recorded(event, new ConcurrentHashMap<>()));
    }
  }

  @Override
  public void attemptStarted(AttemptStarted started) {
    Recorded recorded = running.get(started.call());
    Attempt event = new Attempt();
    if (recorded != null && event.isEnabled()) {
      event.begin();
      recorded.attempts().put(started.attempt(), event);
    }
  }

  @Override
  public void attemptEnded(AttemptEnded ended) {
    Recorded recorded = running.get(ended.call());
    Attempt event = recorded == null ? null : recorded.attempts().remove(ended.attempt());
    if (event != null) {
      event.fill(ended);
      event.commit();
    }
  }

  @Override
  public void callEnded(CallEnded ended) {
    Recorded recorded = running.remove(ended.call());
    if (recorded != null) {
      recorded.event().fill(ended.call(), described(ended.error()));
      recorded.event().status = ended.status();
      recorded.event().attempts = ended.attempts();
      recorded.event().queue = ended.queueTime().toNanos();
      recorded.event().commit();
    }
  }

  @Override
  public void callCancelled(CallCancelled cancelled) {
    Recorded recorded = running.remove(cancelled.call());
    if (recorded != null) {
      recorded.event().fill(cancelled.call(), "cancelled");
      recorded.event().commit();
    }
  }

  private static String described(@Nullable FetchError error) {
    if (error == null) {
      return "";
    }
    return error instanceof HttpStatusError failed
        ? "status " + failed.status()
        : error.getClass().getSimpleName();
  }

  /** One call, from its start to its end. */
  @Name("dev.fetchwell.Call")
  @Label("HTTP Call")
  @Category("Fetchwell")
  @Description("A call of an AsyncHttpClient, with all its attempts and waits")
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // The recorder reads the fields.
  private static final class Call extends Event {

    @Label("Call Id")
    private long call;

    @Label("Method")
    private String method = "";

    @Label("URL")
    private String url = "";

    @Label("Tag")
    private String tag = "";

    @Label("Status")
    private int status;

    @Label("Attempts")
    private int attempts;

    @Label("Queue Time")
    @Timespan
    private long queue;

    @Label("Error")
    private String error = "";

    private void fill(CallInfo info, String failure) {
      call = info.id();
      method = info.method();
      url = info.url();
      tag = info.tag();
      error = failure;
    }
  }

  /** One attempt of a call. */
  @Name("dev.fetchwell.Attempt")
  @Label("HTTP Attempt")
  @Category("Fetchwell")
  @Description("One attempt of a call, and how long its parts took")
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // The recorder reads the fields.
  private static final class Attempt extends Event {

    @Label("Call Id")
    private long call;

    @Label("Number")
    private int number;

    @Label("Host")
    private String host = "";

    @Label("Status")
    private int status;

    @Label("Error")
    private String error = "";

    @Label("Reused Connection")
    private boolean reused;

    @Label("Queue Time")
    @Timespan
    private long queue;

    @Label("DNS")
    @Timespan
    private long dns;

    @Label("Connect")
    @Timespan
    private long connect;

    @Label("TLS")
    @Timespan
    private long tls;

    @Label("Send")
    @Timespan
    private long send;

    @Label("Wait")
    @Description("Until the headers of the answer were here")
    @Timespan
    private long waiting;

    @Label("Receive")
    @Timespan
    private long receive;

    @Label("Decode")
    @Timespan
    private long decode;

    private void fill(AttemptEnded ended) {
      Phases phases = ended.phases();
      call = ended.call().id();
      number = ended.attempt();
      host = ended.call().host();
      status = ended.status();
      error = described(ended.error());
      reused = phases.reused();
      queue = nanos(phases.queue());
      dns = nanos(phases.dns());
      connect = nanos(phases.connect());
      tls = nanos(phases.tls());
      send = nanos(phases.send());
      waiting = nanos(phases.waiting());
      receive = nanos(phases.receive());
      decode = nanos(phases.decode());
    }

    private static long nanos(Duration duration) {
      return duration.toNanos();
    }
  }
}
