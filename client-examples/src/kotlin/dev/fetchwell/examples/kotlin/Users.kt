package dev.fetchwell.examples.kotlin

import dev.fetchwell.AsyncHttpClient
import dev.fetchwell.RequestSpec
import dev.fetchwell.http.TypeRef
import dev.fetchwell.json.JacksonCodec
import dev.fetchwell.stream.Lines
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.future.await
import kotlinx.coroutines.jdk9.asFlow
import tools.jackson.module.kotlin.jacksonObjectMapper

// region: kotlin-client
data class User(val id: Int, val name: String, val tags: List<String> = emptyList())

fun usersAt(url: String): AsyncHttpClient =
    AsyncHttpClient.builder().baseUrl(url).codec(JacksonCodec(jacksonObjectMapper())).build()

suspend inline fun <reified T : Any> RequestSpec.await(): T = asJson(object : TypeRef<T>() {}).await()
// endregion

// region: kotlin-calls
class Users(private val client: AsyncHttpClient) {

    suspend fun user(id: Int): User = client.get("/users/{id}", id).await()

    suspend fun names(ids: List<Int>): List<String> = coroutineScope {
        ids.map { async { user(it).name } }.awaitAll()
    }

    fun log(): Flow<String> = Lines.from(client.get("/log")).publisher().asFlow()
}
// endregion
