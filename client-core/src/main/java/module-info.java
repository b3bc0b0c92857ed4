/** An async HTTP client with deadlines, safe retries, bounded concurrency and typed errors. */
module dev.fetchwell {
  requires transitive io.github.resilience4j.bulkhead;
  requires transitive io.github.resilience4j.circuitbreaker;
  requires transitive io.github.resilience4j.retry;
  requires io.github.resilience4j.core;
  requires static jdk.jfr;
  requires transitive okhttp3;
  requires transitive org.slf4j;
  requires static com.fasterxml.jackson.databind;
  requires static io.opentelemetry.api;
  requires static io.opentelemetry.context;
  requires static context.propagation;
  requires static micrometer.core;
  requires transitive tools.jackson.databind;
  requires static transitive org.jspecify;

  uses dev.fetchwell.internal.text.HostNames;

  provides dev.fetchwell.internal.text.HostNames with
      dev.fetchwell.internal.okhttp.OkHttpHostNames;

  exports dev.fetchwell;
  exports dev.fetchwell.batch;
  exports dev.fetchwell.error;
  exports dev.fetchwell.http;
  exports dev.fetchwell.json;
  exports dev.fetchwell.observe;
  exports dev.fetchwell.observe.micrometer;
  exports dev.fetchwell.observe.otel;
  exports dev.fetchwell.policy;
  exports dev.fetchwell.socket;
  exports dev.fetchwell.stream;
  exports dev.fetchwell.testing;
}
