package dev.groundhog.e2e.servers;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// A Spring Boot application with the web starter and a scheduled method.
@SpringBootApplication
@EnableScheduling
@RestController
public class SpringServer {
  private static final CompletableFuture<String> NEVER = new CompletableFuture<>();

  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(SpringServer.class);
    application.setDefaultProperties(
        Map.of(
            "server.address", "127.0.0.1",
            "server.port", "0",
            "spring.threads.virtual.enabled", Arguments.virtual(args),
            "spring.main.banner-mode", "off",
            "logging.level.root", "warn"));
    application.run();
  }

  @GetMapping("/")
  String answer() {
    return "ok\n";
  }

  @GetMapping("/leak")
  String leak() {
    return NEVER.join();
  }

  @Scheduled(fixedDelay = 600_000, initialDelay = 600_000)
  void tidy() {
    NEVER.isDone();
  }

  @EventListener
  void started(WebServerInitializedEvent event) {
    Arguments.listening(event.getWebServer().getPort());
  }
}
