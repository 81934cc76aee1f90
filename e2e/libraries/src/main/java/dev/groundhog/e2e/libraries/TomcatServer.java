package dev.groundhog.e2e.libraries;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/// Tomcat in this process.
record TomcatServer() implements Library {
  private static final int THREADS = 4;

  @Override
  public String title() {
    return "Tomcat, embedded";
  }

  @Override
  public Class<?> from() {
    return Tomcat.class;
  }

  @Override
  public String stoppedBy() {
    return "`Tomcat.stop()`, `destroy()`, and what was given to it";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("`ProtocolHandler.setExecutor`");
  }

  @Override
  public Set<String> caught() {
    return Set.of(
        "http-nio-N.N.N.N-auto-N-exec-N",
        "http-nio-N.N.N.N-auto-N-Poller",
        "http-nio-N.N.N.N-auto-N-Acceptor",
        "Catalina-utility-N");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) throws Exception {
    Path folder = Files.createTempDirectory("tomcat-");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", folder.toString());
    Tomcat.addServlet(context, "answer", new Answer()).addMapping("/");
    Optional<ExecutorService> executor =
        factory.map(own -> Executors.newFixedThreadPool(THREADS, own));
    executor.ifPresent(own -> tomcat.getConnector().getProtocolHandler().setExecutor(own));
    tomcat.start();
    return new Started() {
      @Override
      public void use() throws Exception {
        Peer.ask(tomcat.getConnector().getLocalPort());
      }

      @Override
      public void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        executor.ifPresent(ExecutorService::shutdown);
      }
    };
  }

  private static final class Answer extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      response.setStatus(HttpServletResponse.SC_OK);
    }
  }
}
