package dev.groundhog.e2e.libraries;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// `java.net.http`.
final class JdkHttpClient implements Library {
  private Optional<URI> server = Optional.empty();

  @Override
  public String title() {
    return "the JDK's `HttpClient`";
  }

  @Override
  public Class<?> from() {
    return HttpClient.class;
  }

  @Override
  public String stoppedBy() {
    return "`close()`, and what was given to it";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("`HttpClient.Builder.executor`");
  }

  @Override
  public Set<String> caught() {
    return Set.of("HttpClient-N-SelectorManager", "HttpClient-N-Worker-N");
  }

  @Override
  public List<Stay> stays() {
    return List.of(Stay.COMMON_POOL);
  }

  @Override
  public AutoCloseable prepare() {
    Peer peer = new Peer();
    server = Optional.of(peer.uri());
    return peer;
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) {
    HttpClient.Builder builder = HttpClient.newBuilder();
    Optional<ExecutorService> executor = factory.map(Executors::newCachedThreadPool);
    executor.ifPresent(builder::executor);
    HttpClient client = builder.build();
    HttpRequest request = HttpRequest.newBuilder(server.orElseThrow()).build();
    return new Started() {
      @Override
      public void use() throws Exception {
        client.sendAsync(request, BodyHandlers.ofString()).get(10, TimeUnit.SECONDS);
      }

      @Override
      public void stop() {
        client.close();
        executor.ifPresent(ExecutorService::shutdown);
      }
    };
  }
}
