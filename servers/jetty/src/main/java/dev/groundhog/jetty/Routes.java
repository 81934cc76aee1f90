package dev.groundhog.jetty;

import java.util.Objects;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.PathMappingsHandler;

/// Where a request goes, in the words of its server's configuration: never the path asked for, of
/// which there are too many.
final class Routes {
  private static final boolean HAS_SERVLETS = hasServlets();

  private Routes() {}

  static String of(Request request) {
    String mount = Objects.requireNonNullElse(Request.getContextPath(request), "");
    String matched =
        request.getAttribute(PathMappingsHandler.PATHSPEC_ATTR) instanceof PathSpec spec
            ? spec.getDeclaration()
            : HAS_SERVLETS ? servletPattern(request) : "";
    String route = mount + matched;
    return route.isEmpty() ? "/" : route;
  }

  private static String servletPattern(Request request) {
    ServletContextRequest servlet = Request.as(request, ServletContextRequest.class);
    return servlet == null || servlet.getMatchedResource() == null
        ? ""
        : servlet.getMatchedResource().getPathSpec().getDeclaration();
  }

  private static boolean hasServlets() {
    try {
      Class.forName(
          "org.eclipse.jetty.ee11.servlet.ServletContextRequest",
          false,
          Routes.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException _) {
      return false;
    }
  }
}
