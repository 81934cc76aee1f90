package dev.groundhog.e2e.servers;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;

/// Tomcat, embedded, with one servlet; its handlers run in its pool, or on virtual threads.
public final class TomcatServer {
  private static final BlockingQueue<String> NEVER = new LinkedBlockingQueue<>();

  private TomcatServer() {}

  public static void main(String[] args) throws Exception {
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    if (Arguments.virtual(args)) {
      connector.getProtocolHandler().setExecutor(new VirtualThreadExecutor("handler-"));
    }
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "answers", new Answers());
    context.addServletMappingDecoded("/*", "answers");
    tomcat.start();
    Arguments.listening(connector.getLocalPort());
    tomcat.getServer().await();
  }

  static String leak() throws InterruptedException {
    return NEVER.take();
  }

  private static final class Answers extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      try {
        response.getWriter().println(request.getRequestURI().equals("/leak") ? leak() : "ok");
      } catch (InterruptedException e) {
        throw new ServletException(e);
      }
    }
  }
}
