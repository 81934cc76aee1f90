import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.Answer;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.Request;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Objects;

/** The endpoint as a servlet; its mapping is {@code /debug/*}. */
public final class DebugServlet extends HttpServlet {
  private final transient DebugEndpoint endpoint;
  private final transient AccessRule rule;

  public DebugServlet(DebugEndpoint endpoint, AccessRule rule) {
    this.endpoint = endpoint;
    this.rule = rule;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Answer answer =
        endpoint.answer(
            new Request(
                request.getMethod(),
                request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), ""),
                Objects.requireNonNullElse(request.getQueryString(), "")),
            rule.decide(
                new InetSocketAddress(request.getLocalAddr(), request.getLocalPort()),
                new InetSocketAddress(request.getRemoteAddr(), request.getRemotePort()),
                name -> Collections.list(request.getHeaders(name))));
    response.setStatus(answer.status());
    answer.headers().forEach(response::setHeader);
    if (!request.getMethod().equals("HEAD")) {
      answer.body().writeTo(response.getOutputStream());
    }
  }
}
