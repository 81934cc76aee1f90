package dev.groundhog.pouch.internal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.HostConfig.Bind;
import dev.groundhog.pouch.internal.spec.HostConfig.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostRequestsTest {
  private static HostConfig read(String json) {
    return HostRequests.config(Json.MAPPER.readTree(json));
  }

  @Test
  void whatTheCommandLineAlwaysSendsAsksForNothing() {
    HostConfig host =
        read(
            """
            {"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"","Config":{}},
             "NetworkMode":"default","PortBindings":{},"RestartPolicy":{"Name":"no"},
             "AutoRemove":false,"ConsoleSize":[24,80],"CapAdd":null,"Dns":[],"IpcMode":"",
             "Privileged":false,"ShmSize":0,"Memory":0,"MemorySwappiness":-1,"NanoCpus":0,
             "PidsLimit":0,"Ulimits":null,"Init":null,"Isolation":"","MaskedPaths":null}
            """);
    assertThat(host.binds()).isEmpty();
    assertThat(host.memoryBytes()).isZero();
    assertThat(host.network()).isEqualTo(HostConfig.Network.DEFAULT);
  }

  @Test
  void bindsAreRead() {
    assertThat(read("{\"Binds\":[\"/a/../b/:/c//d/\",\"/x:/y:ro,Z\"]}").binds())
        .containsExactly(
            new Bind(Form.VOLUME, "/b", "/c/d", "", false),
            new Bind(Form.VOLUME, "/x", "/y", "ro,Z", true));
    assertThat(
            read("{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/\",\"Target\":\"/y\","
                    + "\"ReadOnly\":true}]}")
                .binds())
        .containsExactly(new Bind(Form.MOUNT, "/", "/y", "", true));
  }

  @Test
  void anUnknownNetworkIsLeftToTheStart() {
    assertThat(read("{\"NetworkMode\":\"lan\"}").network().exists()).isFalse();
    assertThat(read("{\"NetworkMode\":\"host\"}").network()).isEqualTo(HostConfig.Network.HOST);
    assertThat(HostConfig.Network.HOST.exists()).isTrue();
  }

  @Test
  void aReadOnlyRootIsRead() {
    assertThat(read("{\"ReadonlyRootfs\":true}").isRootReadOnly()).isTrue();
    assertThat(read("{}").isRootReadOnly()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BAD_REQUEST     | {'Binds':['/a:b']} | mount path must be absolute",
        "BAD_REQUEST     | {'Binds':['/a:/x/..']} | destination can't be '/'",
        "BAD_REQUEST     | {'Binds':['/a:/b:foo']} | invalid mode: foo",
        "BAD_REQUEST     | {'Binds':['/a:/b:rshared']} | invalid mode: rshared",
        "BAD_REQUEST     | {'Binds':['/a:/b:ro:x']} | invalid volume specification",
        "BAD_REQUEST     | {'Binds':['/a:ro,z']} | invalid volume specification: '/a:ro,z'",
        "BAD_REQUEST     | {'Binds':['/a:/b','/c:/b/']} | Duplicate mount point: /b",
        "NOT_IMPLEMENTED | {'Binds':['name:/b']} | volumes (-v name:",
        "NOT_IMPLEMENTED | {'Mounts':[{'Type':'tmpfs','Target':'/b'}]} | mounts of type \"tmpfs\"",
        "NOT_IMPLEMENTED | {'Mounts':[{'Type':'bind','Source':'/','Target':'/b','BindOptions':{'Propagation':'shared'}}]} | options of bind mounts",
        "BAD_REQUEST     | {'Mounts':[{'Type':'bind','Source':'/no/such','Target':'/b'}]} | bind source path does not exist: /no/such",
        "BAD_REQUEST     | {'Mounts':7} | Mounts is no array",
        "BAD_REQUEST     | {'Memory':1048576} | Minimum memory limit allowed is 6MB",
        "NOT_IMPLEMENTED | {'Memory':8388608,'MemorySwap':-1} | a limit of swap",
        "NOT_IMPLEMENTED | {'NetworkMode':'bridge'} | the network \"bridge\"",
        "NOT_IMPLEMENTED | {'NetworkMode':'container:other'} | the network \"container:other\"",
        "NOT_IMPLEMENTED | {'Privileged':true} | privileged containers",
        "NOT_IMPLEMENTED | {'CapAdd':['ALL']} | capabilities (--cap-add)",
        "NOT_IMPLEMENTED | {'Init':true} | an init process",
        "NOT_IMPLEMENTED | {'Tomorrow':{'a':1}} | the setting HostConfig.Tomorrow",
        "NOT_IMPLEMENTED | {'RestartPolicy':{'Name':'always'}} | restarting",
      })
  void whatIsWrongOrNotThereIsNamed(ApiException.Code code, String json, String words) {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> read(json.replace('\'', '"').replace("can\"t", "can't")))
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }
}
