package dev.fetchwell.examples.service;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Returns the call's future as it is: no thread of the web server waits for it. */
// region: boot-controller
@RestController
class NameController {

  record User(int id, String name) {}

  private final AsyncHttpClient users;

  NameController(AsyncHttpClient users) {
    this.users = users;
  }

  @GetMapping("/names/{id}")
  CompletableFuture<String> name(@PathVariable int id) {
    return users.get("/users/{id}", id).asJson(User.class).thenApply(User::name);
  }

  @ExceptionHandler
  ProblemDetail failed(FetchError error) {
    HttpStatus status = HttpStatus.BAD_GATEWAY;
    if (error instanceof FetchTimeoutError) {
      status = HttpStatus.GATEWAY_TIMEOUT;
    } else if (error instanceof HttpStatusError answered && answered.status() == 404) {
      status = HttpStatus.NOT_FOUND;
    }
    return ProblemDetail.forStatusAndDetail(status, error.getMessage());
  }
}

// endregion
