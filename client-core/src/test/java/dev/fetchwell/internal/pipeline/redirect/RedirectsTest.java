package dev.fetchwell.internal.pipeline.redirect;

import static dev.fetchwell.testkit.Answers.breaks;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectsTest {

  private static final String HOME = "https://a.example.com/start?x=1";

  private final ScriptedStage next = new ScriptedStage();
  private final Stage stage = Redirects.layer().around(next);
  private final EventRecorder recorder = new EventRecorder();

  @ParameterizedTest
  @CsvSource({
    "301,GET,GET", "301,HEAD,HEAD", "301,POST,GET", "301,PUT,PUT", "301,DELETE,DELETE",
    "302,GET,GET", "302,HEAD,HEAD", "302,POST,GET", "302,PUT,PUT", "302,PATCH,PATCH",
    "303,GET,GET", "303,HEAD,HEAD", "303,POST,GET", "303,PUT,GET", "303,DELETE,GET",
    "307,GET,GET", "307,HEAD,HEAD", "307,POST,POST", "307,PUT,PUT", "307,PATCH,PATCH",
    "308,GET,GET", "308,HEAD,HEAD", "308,POST,POST", "308,PUT,PUT", "308,DELETE,DELETE"
  })
  void methodAndBodyFollowTheFetchStandard(int status, String method, String expected) {
    Header type = new Header("Content-Type", "text/plain", false);
    FetchRequest request = to(HOME, method, type);
    next.then(replies(status, "Location", "/next")).then(replies(200));

    assertThat(send(request)).isCompleted();

    FetchRequest followed = next.last().request();
    boolean becameGet = !method.equals(expected);
    assertThat(followed.method().name()).isEqualTo(expected);
    assertThat(followed.url()).hasToString("https://a.example.com/next");
    assertThat(followed.body().isPresent()).isEqualTo(request.body().isPresent() && !becameGet);
    assertThat(followed.header("Content-Type").isPresent()).isEqualTo(!becameGet);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 300, 304, 305, 306})
  void otherStatusWithALocationIsNoRedirect(int status) {
    next.then(replies(status, "Location", "/next"));

    assertThat(send(to(HOME, "GET")).join().status()).isEqualTo(status);
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void redirectWithoutALocationIsTheReply() {
    next.then(replies(302));

    assertThat(send(to(HOME, "GET")).join().status()).isEqualTo(302);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://b.example.com/",
        "https://a.example.com:8443/",
        "//b.example.com/next",
        "https://a.example.com.evil.example/",
        "https://a.example.com@evil.example/"
      })
  void secretsNeverCrossAnOrigin(String location) {
    next.then(replies(302, "Location", location)).then(replies(200));

    assertThat(send(withSecrets(HOME))).isCompleted();

    assertThat(next.last().request().headers()).extracting(Header::name).containsExactly("X-Trace");
  }

  @Test
  void secretsStayOnTheirOrigin() {
    next.then(replies(302, "Location", "https://A.example.com:443/next")).then(replies(200));

    assertThat(send(withSecrets(HOME))).isCompleted();

    assertThat(next.last().request().headers()).hasSize(3);
  }

  @Test
  void secretsDoNotComeBackOnTheWayHome() {
    next.then(replies(302, "Location", "https://b.example.com/"))
        .then(replies(302, "Location", HOME))
        .then(replies(200));

    assertThat(send(withSecrets(HOME))).isCompleted();

    assertThat(next.last().request().headers()).hasSize(1);
  }

  @Test
  void httpsToHttpIsNotFollowed() {
    next.then(replies(302, "Location", "http://a.example.com/?token=hidden"));

    ConnectionError error = failure(send(to(HOME, "GET")), ConnectionError.class);

    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.PROTOCOL);
    assertThat(error)
        .hasMessageContaining("redirect from https to http is not followed")
        .hasMessageNotContaining("hidden");
    assertThat(next.count()).isEqualTo(1);
    assertThat(recorder.events()).containsExactly("attemptEnded 1 302 ConnectionError");
  }

  @Test
  void httpToHttpsIsFollowedWithoutSecrets() {
    next.then(replies(301, "Location", "https://a.example.com/")).then(replies(200));

    assertThat(send(withSecrets("http://a.example.com/"))).isCompleted();

    assertThat(next.last().request().headers()).hasSize(1);
  }

  @Test
  void loopEndsAfterTwentyRedirects() {
    next.always(replies(302, "Location", HOME));

    ConnectionError error = failure(send(to(HOME, "GET")), ConnectionError.class);

    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.PROTOCOL);
    assertThat(error).hasMessageContaining("more than 20 redirects");
    assertThat(next.count()).isEqualTo(21);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a.example.com/",
        "javascript:alert(1)",
        "https://",
        "https://a b/",
        "file:///etc",
        "https://a.example.com:99999/"
      })
  void locationThatIsNoHttpAddressIsAProtocolError(String location) {
    next.then(replies(302, "Location", location));

    assertThat(failure(send(to(HOME, "GET")), ConnectionError.class).kind())
        .isEqualTo(ConnectionError.Kind.PROTOCOL);
  }

  @Test
  void redirectThatIsNotFollowedIsTheResponseWhereNoStatusIsAnError() {
    next.then(replies(302, "Location", "http://a.example.com/"));
    FetchRequest request = to(HOME, "GET");
    CallContext context =
        context(
            request,
            options(),
            ReplyReaders.response(new JacksonCodec()),
            VirtualPlatform.of(new VirtualTimer()),
            recorder);
    context.beginAttempt(false, false);

    assertThat(stage.send(request, context).join().status()).isEqualTo(302);
    assertThat(recorder.events()).containsExactly("attemptEnded 1 302");
  }

  @Test
  void redirectIsTheReplyWhereNoneIsToBeFollowed() {
    next.then(replies(302, "Location", "/next"));
    FetchRequest request = to(HOME, "GET");
    CallContext context = context(request, options().followRedirects(false), new VirtualTimer());

    assertThat(stage.send(request, context).join().status()).isEqualTo(302);
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void relativeLocationIsResolvedAgainstTheHopBefore() {
    next.then(replies(302, "Location", "https://b.example.com/a/b"))
        .then(replies(302, "Location", "c?q"))
        .then(replies(200));

    assertThat(send(to(HOME, "GET"))).isCompleted();

    assertThat(next.last().request().url()).hasToString("https://b.example.com/a/c?q");
  }

  @Test
  void errorAfterAPostWasRedirectedSaysThatItMayHaveBeenProcessed() {
    next.then(
            (request, context) -> {
              context.attempt().markSent();
              return reply(303, "Location", "/next");
            })
        .then(
            (request, context) -> {
              context.beginAttempt(false, false);
              return breaks(ConnectionError.Kind.CONNECT).to(request, context);
            });

    assertThat(failure(send(to(HOME, "POST")), ConnectionError.class).mayHaveBeenProcessed())
        .isTrue();
  }

  @Test
  void cancelReachesTheHopThatRunsAndNoOtherFollows() {
    next.then(replies(302, "Location", "/next"));
    CompletableFuture<Reply> call = send(to(HOME, "GET"));
    assertThat(next.count()).isEqualTo(2);

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
    assertThat(next.count()).isEqualTo(2);
  }

  @Test
  void redirectThatComesAfterTheCallWasCancelledIsNotFollowed() {
    CompletableFuture<Reply> deaf = deaf();
    List<FetchRequest> sent = new ArrayList<>();
    Stage unhearing =
        Redirects.layer()
            .around(
                (request, context) -> {
                  sent.add(request);
                  return deaf;
                });
    FetchRequest request = to(HOME, "GET");
    CompletableFuture<Reply> call =
        unhearing.send(request, context(request, options(), new VirtualTimer()));
    call.cancel(false);

    deaf.complete(reply(302, "Location", "/next"));

    assertThat(sent).containsExactly(request);
  }

  private CompletableFuture<Reply> send(FetchRequest request) {
    return stage.send(request, context(request, options(), new VirtualTimer(), recorder));
  }

  private static FetchRequest withSecrets(String url) {
    return to(
        url,
        "GET",
        new Header("Authorization", "Bearer hidden", true),
        new Header("X-Trace", "7", false),
        new Header("X-Api-Key", "hidden", true));
  }
}
