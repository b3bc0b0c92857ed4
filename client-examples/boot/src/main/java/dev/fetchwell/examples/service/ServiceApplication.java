package dev.fetchwell.examples.service;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.micrometer.ClientMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedRetryMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A Spring Boot service that answers with what it asks another one for. */
// region: boot-application
@SpringBootApplication(proxyBeanMethods = false)
public class ServiceApplication {

  public static void main(String[] args) {
    SpringApplication.run(ServiceApplication.class, args);
  }

  @Bean
  AsyncHttpClient users(@Value("${users.url}") String url) {
    return AsyncHttpClient.builder().baseUrl(url).timeout(Duration.ofSeconds(20)).build();
  }

  /** Goes before the client, which it is given: calls that no web request waits for may end. */
  @Bean
  DisposableBean lastCalls(AsyncHttpClient users) {
    return () -> users.shutdown(Duration.ofSeconds(10)).join();
  }

  /** Times calls as Spring's own clients do, until Spring closes it. */
  @Bean
  ClientMetrics calls(AsyncHttpClient users, MeterRegistry registry) {
    return ClientMetrics.of(users).clientName("users").bindTo(registry);
  }

  @Bean
  MeterBinder permits(AsyncHttpClient users) {
    return TaggedBulkheadMetrics.ofBulkheadRegistry(users.bulkheads());
  }

  @Bean
  MeterBinder retries(AsyncHttpClient users) {
    return TaggedRetryMetrics.ofRetryRegistry(users.retries());
  }
}

// endregion
