package dev.groundhog.e2e.libraries;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/// A client that asks asynchronously.
final class OkHttp implements Library {
  private Optional<URI> server = Optional.empty();

  @Override
  public String title() {
    return "OkHttp";
  }

  @Override
  public Class<?> from() {
    return OkHttpClient.class;
  }

  @Override
  public String stoppedBy() {
    return "`dispatcher().executorService().shutdown()`, `connectionPool().evictAll()`";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("`new Dispatcher(executor)`");
  }

  @Override
  public Set<String> caught() {
    return Set.of("OkHttp Dispatcher");
  }

  @Override
  public List<Stay> stays() {
    return List.of(
        new Stay(
            "OkHttp TaskRunner",
            List.of(
                "okhttp3.internal.concurrent.TaskRunner.awaitTaskToRun",
                "java.util.concurrent.ThreadPoolExecutor.getTask"),
            "works for all clients; idle, and nobody can stop it"),
        new Stay(
            "Okio Watchdog",
            "okio.AsyncTimeout$Watchdog",
            "watches all timeouts; nobody can stop it"));
  }

  @Override
  public AutoCloseable prepare() {
    Peer peer = new Peer();
    server = Optional.of(peer.uri());
    return peer;
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) {
    OkHttpClient.Builder builder = new OkHttpClient.Builder();
    factory
        .map(own -> new Dispatcher(Executors.newCachedThreadPool(own)))
        .ifPresent(builder::dispatcher);
    OkHttpClient client = builder.build();
    Request request = new Request.Builder().url(server.orElseThrow().toString()).build();
    return new Started() {
      @Override
      public void use() throws Exception {
        Answer answer = new Answer(new CompletableFuture<>());
        client.newCall(request).enqueue(answer);
        answer.text().get(10, TimeUnit.SECONDS);
      }

      @Override
      public void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
      }
    };
  }

  private record Answer(CompletableFuture<String> text) implements Callback {
    @Override
    public void onFailure(Call call, IOException problem) {
      text.completeExceptionally(problem);
    }

    @Override
    public void onResponse(Call call, Response response) throws IOException {
      try (response) {
        text.complete(response.body().string());
      }
    }
  }
}
