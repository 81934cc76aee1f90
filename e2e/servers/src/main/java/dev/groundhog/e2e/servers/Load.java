package dev.groundhog.e2e.servers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The clients: `Load REQUESTS CLIENTS URL…` sends so many requests to each URL, from so many
/// clients at once, prints `loaded`, and keeps the connections open until its standard input ends.
public final class Load {
  private Load() {}

  public static void main(String[] args) throws Exception {
    int requests = Integer.parseInt(args[0]);
    ExecutorService clients = Executors.newFixedThreadPool(Integer.parseInt(args[1]));
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (String url : List.of(args).subList(2, args.length)) {
      load(http, clients, HttpRequest.newBuilder(URI.create(url)).build(), requests);
    }
    clients.shutdown();
    System.out.println("loaded");
    while (System.in.read() >= 0) {
      // Whatever comes; the end counts.
    }
    System.exit(0);
  }

  private static void load(
      HttpClient http, ExecutorService clients, HttpRequest request, int requests)
      throws InterruptedException, ExecutionException {
    List<Future<?>> sent = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      sent.add(clients.submit(() -> send(http, request)));
    }
    for (Future<?> one : sent) {
      one.get();
    }
  }

  private static int send(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    int status = http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    if (status != 200) {
      throw new IOException(request.uri() + " answered " + status);
    }
    return status;
  }
}
