package dev.fetchwell.examples.kotlin

import dev.fetchwell.AsyncHttpClient
import dev.fetchwell.error.DecodeError
import dev.fetchwell.error.HttpStatusError
import dev.fetchwell.examples.demo.DemoServer
import dev.fetchwell.examples.quickstart.Report
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import java.time.Duration

@Timeout(60)
class CoroutinesTest {

    private val server = DemoServer.start()
    private val client = usersAt(server.baseUrl())
    private val users = Users(client)

    @AfterEach
    fun close() {
        client.close()
        server.close()
    }

    @Test
    fun programEndsWithoutAnError() {
        main()
    }

    @Test
    fun callsAreAwaitedOneByOneAndTogether() = runBlocking<Unit> {
        assertThat(users.user(1)).isEqualTo(User(1, "Grace"))
        assertThat(users.names(listOf(1, 2, 3))).containsExactly("Grace", "Edsger", "Barbara")
    }

    @Test
    fun errorIsThrownAsItIs() {
        val error = assertThrows<HttpStatusError> { runBlocking { users.user(0) } }
        assertThat(error.status()).isEqualTo(404)
    }

    @Test
    fun cancelledCoroutineClosesItsCallOnTheWire() = runBlocking<Unit> {
        val job = launch(start = CoroutineStart.UNDISPATCHED) { client.get("/stalled").await<User>() }
        eventually { server.requests("/stalled") == 1 }

        job.cancelAndJoin()

        eventually { server.abandoned("/stalled") == 1 }
        eventually { client.stats().inFlight() == 0 }
    }

    @Test
    fun timeoutOfACoroutineClosesItsCallOnTheWire() {
        assertThrows<TimeoutCancellationException> {
            runBlocking { withTimeout(200) { client.get("/slow?ms=60000").await<User>() } }
        }
        eventually { client.stats().inFlight() == 0 }
        eventually { server.abandoned("/slow") == server.requests("/slow") }
    }

    @Test
    fun firstFailureCancelsTheCallsBesideIt() {
        server.routes().add("/team/users/8") { it.stall() }
        server.routes().add("/team/users/9") { exchange ->
            eventually { server.requests("/team/users/8") == 1 }
            exchange.error(404, "nobody")
        }

        assertThrows<HttpStatusError> { runBlocking { team { it.names(listOf(8, 9)) } } }

        eventually { server.abandoned("/team/users/8") == 1 }
    }

    @Test
    fun flowThatHasEnoughHangsUp() = runBlocking<Unit> {
        server.routes().add("/log") { exchange ->
            exchange.stream(200, "text/plain") { body ->
                while (true) {
                    body.write("a line\n".toByteArray())
                    body.flush()
                    exchange.pause(Duration.ofMillis(1))
                }
            }
        }

        assertThat(users.log().take(3).toList()).containsExactly("a line", "a line", "a line")

        eventually { server.abandoned("/log") == 1 }
    }

    @Test
    fun dataClassHasItsDefaultsAndItsNullability() = runBlocking<Unit> {
        server.routes().add("/team/users/1") { it.json(200, mapOf("id" to 1, "name" to "Ada")) }
        server.routes().add("/team/users/2") { it.json(200, mapOf("id" to 2)) }

        assertThat(team { it.user(1) }.tags).isEmpty()
        val error = assertThrows<DecodeError> { runBlocking { team { it.user(2) } } }
        assertThat(error.message).contains("name")
    }

    /** What the module is for. */
    @Test
    fun dataClassCannotBeDecodedWithoutTheModule() {
        AsyncHttpClient.create().use { plain ->
            val error = assertThrows<DecodeError> {
                runBlocking { plain.get(server.url("/users/7")).await<User>() }
            }
            assertThat(error.message).contains("add tools.jackson.module:jackson-module-kotlin")
        }
    }

    private suspend fun <T> team(calls: suspend (Users) -> T): T =
        usersAt(server.url("/team")).use { calls(Users(it)) }

    private fun eventually(condition: () -> Boolean) = assertThat(Report.becomesTrue(condition)).isTrue()
}
