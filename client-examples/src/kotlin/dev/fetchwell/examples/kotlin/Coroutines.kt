package dev.fetchwell.examples.kotlin

import dev.fetchwell.error.HttpStatusError
import dev.fetchwell.examples.demo.DemoServer
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking

/** Calls in coroutines, against a server that this process starts for itself. */
fun main() {
    DemoServer.start().use { server ->
        server.routes().add("/log") { it.text(200, "text/plain", "one\ntwo\nthree\n") }
        usersAt(server.baseUrl()).use { client -> runBlocking { show(Users(client)) } }
    }
}

private suspend fun show(users: Users) {
    println(users.user(7))
    println(users.names(listOf(1, 2, 3)))
    println(users.log().take(2).toList())
    try {
        users.user(0)
    } catch (error: HttpStatusError) {
        println(error.message)
    }
}
