package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.pipeline.WireTrace;
import dev.fetchwell.internal.pipeline.WireTrace.Mark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Notes when the parts of one OkHttp call begin and end. Only for a call that somebody listens to.
 *
 * <p>OkHttp says that the headers of an answer begin when it begins to wait for them, so only their
 * end tells when the server answered.
 */
final class TracedCall extends EventListener {

  private final WireTrace trace;

  TracedCall(WireTrace trace) {
    this.trace = trace;
  }

  @Override
  public void dnsStart(Call call, String name) {
    trace.mark(Mark.DNS_START);
  }

  @Override
  public void dnsEnd(Call call, String name, List<InetAddress> addresses) {
    trace.mark(Mark.DNS_END);
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    trace.mark(Mark.CONNECT_START);
  }

  @Override
  public void secureConnectStart(Call call) {
    trace.mark(Mark.TLS_START);
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    trace.mark(Mark.TLS_END);
  }

  @Override
  public void connectionAcquired(Call call, Connection acquired) {
    trace.mark(Mark.CONNECTED);
    trace.markPeer(acquired.route().socketAddress());
  }

  @Override
  public void requestHeadersStart(Call call) {
    trace.mark(Mark.SEND_START);
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    trace.mark(Mark.SENT);
  }

  @Override
  public void requestBodyEnd(Call call, long bytes) {
    trace.mark(Mark.SENT);
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    trace.mark(Mark.HEADERS);
  }
}
