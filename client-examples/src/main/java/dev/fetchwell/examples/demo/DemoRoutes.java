package dev.fetchwell.examples.demo;

/**
 * What the demo server answers, in one list.
 *
 * <table>
 *   <caption>Paths</caption>
 *   <tr><td>{@code /users?page=1&size=20}, {@code /users/{id}}, {@code /users/{id}/orders}</td><td>1,000 users</td></tr>
 *   <tr><td>{@code /orders?page=1&size=20}, {@code /orders/{id}}</td><td>3,000 orders</td></tr>
 *   <tr><td>{@code /echo}</td><td>method, path, headers and body of the request, as JSON</td></tr>
 *   <tr><td>{@code /flaky/{name}?fails=2&status=503}</td><td>fails that often, then answers</td></tr>
 *   <tr><td>{@code /limited/{name}?after=1}</td><td>429 with {@code Retry-After} once, then 200</td></tr>
 *   <tr><td>{@code /slow?ms=300}</td><td>answers late</td></tr>
 *   <tr><td>{@code /slow-once/{name}?ms=5000}</td><td>the first request waits, later ones do not</td></tr>
 *   <tr><td>{@code /stalled}</td><td>never answers</td></tr>
 *   <tr><td>{@code /reset}</td><td>a TCP reset in place of an answer</td></tr>
 *   <tr><td>{@code /big?bytes=1048576&chunked=false}</td><td>that many bytes, streamed</td></tr>
 *   <tr><td>{@code /missing}</td><td>404 with a JSON error, as every unknown path</td></tr>
 *   <tr><td>{@code /broken-json}</td><td>200 with JSON that ends in the middle</td></tr>
 *   <tr><td>{@code /status/{code}}</td><td>that status</td></tr>
 *   <tr><td>{@code /}, {@code /site/...}, {@code /robots.txt}, {@code /sitemap.xml}</td><td>a web site: {@link DemoSite}</td></tr>
 *   <tr><td>{@code /upstream/{service}?ms=200&status=200}</td><td>a service behind a gateway</td></tr>
 *   <tr><td>{@code /items?total=40000&size=500&after=0}</td><td>a page of items, with the next one's address</td></tr>
 *   <tr><td>{@code /documents/{number}}</td><td>128 KiB after 50 ms</td></tr>
 *   <tr><td>{@code /feed?total=200&cut=17}</td><td>server-sent events; the connection is cut after that many</td></tr>
 *   <tr><td>{@code /files/big.bin}, {@code /files/big.bin.sha256}</td><td>32 MiB with ranges; breaks off the first time</td></tr>
 *   <tr><td>{@code /socket/echo}</td><td>a web socket that sends each message back</td></tr>
 *   <tr><td>{@code /socket/chat}</td><td>a web socket whose messages reach all that are there</td></tr>
 *   <tr><td>{@code /socket/feed/{name}?from=1&total=0&trouble=drop,stall&every=30&seed=1&pace=2}</td><td>numbered messages over a web socket, with trouble: {@link FeedRoute}</td></tr>
 *   <tr><td>{@code /token?seconds=3600}, {@code /token/revoke}, {@code /private}</td><td>OAuth2 client credentials ({@code demo}, {@code secret}); a page that needs a token</td></tr>
 * </table>
 */
final class DemoRoutes {

  private DemoRoutes() {}

  static void addTo(Routes routes) {
    UserRoutes.addTo(routes);
    OrderRoutes.addTo(routes);
    routes.add("/echo", new EchoRoute());
    routes.add("/flaky/{name}", new FlakyRoute());
    routes.add("/limited/{name}", new LimitedRoute());
    SlowRoutes.addTo(routes);
    FaultRoutes.addTo(routes);
    routes.add("/big", new BigRoute());
    routes.add("/status/{code}", new StatusRoute());
    DemoSite.addTo(routes);
    routes.add("/upstream/{service}", new UpstreamRoute());
    routes.add("/items", new ItemRoute());
    routes.add("/documents/{number}", DemoDocuments::answer);
    routes.add("/feed", new EventRoute());
    FileRoutes.addTo(routes);
    SocketRoutes.addTo(routes);
    LoginRoutes.addTo(routes);
  }
}
