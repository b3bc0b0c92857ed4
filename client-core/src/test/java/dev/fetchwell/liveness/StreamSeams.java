package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.stream.Download;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.stream.PageItems;
import dev.fetchwell.stream.Pages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What pages, lines, events and downloads call. */
final class StreamSeams {

  private StreamSeams() {}

  /** One page of {@link Scene}'s server. */
  record Page(List<Integer> items, @Nullable String next) {}

  static Stream<Seam> all() {
    return Stream.concat(pages(), handlers());
  }

  private static Stream<Seam> pages() {
    return Stream.of(
        pagesTo(
            "Pages.next",
            (scene, pages) ->
                pages
                    .next(
                        page -> {
                          throw scene.raise();
                        })
                    .items(Page::items)
                    .toList()),
        pagesTo(
            "Pages.nextRequest",
            (scene, pages) ->
                pages
                    .nextRequest(
                        (page, spec) -> {
                          throw scene.raise();
                        })
                    .items(Page::items)
                    .toList()),
        pagesTo(
            "Pages.items",
            (scene, pages) ->
                each(
                        pages,
                        page -> {
                          throw scene.raise();
                        })
                    .toList()),
        pagesTo(
            "Pages.items Iterable.iterator",
            (scene, pages) ->
                each(
                        pages,
                        page ->
                            () -> {
                              throw scene.raise();
                            })
                    .toList()),
        pagesTo(
            "Pages.items Iterator.hasNext",
            (scene, pages) -> each(pages, page -> () -> new Broken(scene, "hasNext")).toList()),
        pagesTo(
            "Pages.items Iterator.next",
            (scene, pages) -> each(pages, page -> () -> new Broken(scene, "next")).toList()),
        pagesTo(
            "PageItems.forEach",
            (scene, pages) ->
                each(pages, Page::items)
                    .forEach(
                        item -> {
                          throw scene.raise();
                        })));
  }

  private static PageItems<Integer> each(
      Pages<Page> pages, Function<Page, Iterable<Integer>> items) {
    return pages.next(Page::next).items(items);
  }

  /** Items without an end, but for the method that throws. */
  private record Broken(Scene scene, String throwing) implements Iterator<Integer> {

    private void in(String method) {
      if (throwing.equals(method)) {
        throw scene.raise();
      }
    }

    @Override
    public boolean hasNext() {
      in("hasNext");
      return true;
    }

    @Override
    public Integer next() {
      in("next");
      return 1;
    }
  }

  private interface Use {

    CompletableFuture<?> of(Scene scene, Pages<Page> pages);
  }

  private static Seam pagesTo(String name, Use use) {
    return new Seam(
        name,
        scene -> {
          AsyncHttpClient client = scene.client();
          RequestSpec first = client.get(scene.url("/pages"));
          scene.callAndWait(() -> use.of(scene, Pages.from(first, Page.class)));
          scene.callAndWait(() -> client.getString(scene.url("/ok")));
        });
  }

  private static Stream<Seam> handlers() {
    return Stream.of(
        forEach(
            "Lines.forEach",
            (scene, client) ->
                Lines.from(client.get(scene.url("/lines")))
                    .forEach(
                        line -> {
                          throw scene.raise();
                        })),
        forEach(
            "NdJson.forEach",
            (scene, client) ->
                NdJson.from(client.get(scene.url("/lines")), Integer.class)
                    .forEach(
                        number -> {
                          throw scene.raise();
                        })),
        forEach(
            "EventStream.forEach",
            (scene, client) ->
                EventStream.from(client.get(scene.url("/events")))
                    .maxFailures(0)
                    .forEach(
                        event -> {
                          throw scene.raise();
                        })),
        new Seam("Download.onProgress", StreamSeams::download));
  }

  private interface Handling {

    CompletableFuture<?> of(Scene scene, AsyncHttpClient client);
  }

  private static Seam forEach(String name, Handling handling) {
    return new Seam(
        name,
        scene -> {
          AsyncHttpClient client = scene.client();
          scene.callAndWait(() -> handling.of(scene, client));
          scene.callAndWait(() -> client.getString(scene.url("/ok")));
        });
  }

  private static void download(Scene scene) throws Exception {
    AsyncHttpClient client = scene.client();
    Path folder = Files.createTempDirectory("throwing-progress");
    Path target = folder.resolve("file");
    try {
      scene.callAndWait(
          () ->
              Download.from(client.get(scene.url("/large")))
                  .onProgress(
                      (done, total) -> {
                        throw scene.raise();
                      })
                  .to(target));
      scene.callAndWait(() -> client.getString(scene.url("/ok")));
    } finally {
      Files.deleteIfExists(target);
      Files.deleteIfExists(folder);
    }
  }
}
