import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.ThisJvm;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** A program on Tomcat that mounts the endpoint. */
public final class InTomcat {
  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(args[0]);
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", args[0]);
    Tomcat.addServlet(
        context,
        "debug",
        new DebugServlet(
            new DebugEndpoint(ThisJvm.open(), List.of("tomcat")), AccessRule.sameUser()));
    context.addServletMappingDecoded("/debug/*", "debug");
    tomcat.start();
    System.out.println("listening on http://127.0.0.1:" + tomcat.getConnector().getLocalPort());
    tomcat.getServer().await();
  }
}
