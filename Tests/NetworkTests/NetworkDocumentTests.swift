import Documents
import Kernel
import Network
import TestSupport
import Testing

@Suite("A written network configuration")
struct NetworkDocumentTests {
    private func read(_ text: String) throws -> NetworkDocument {
        try NetworkDocument(try JSONText.decode(JSONValue.self, from: Array(text.utf8)))
    }

    private func device(_ text: String) -> String { #"{"version":2,"ethernets":{"eth0":{\#(text)}}}"# }
    private func entry(_ text: String) -> String { #"{"version":1,"config":[{\#(text)}]}"# }

    // MARK: - What is wrong

    @Test(
        "what is wrong in netplan's format is told with its place",
        arguments: [
            (#""addresses":["10.0.0.1"]"#, "ethernets.eth0.addresses[0]: 10.0.0.1 is not an address with its prefix"),
            (#""addresses":["10.0.0.1/33"]"#, "ethernets.eth0.addresses[0]: 10.0.0.1/33"),
            (#""addresses":["10.0.0.1/255.0.255.0"]"#, "addresses[0]: 10.0.0.1/255.0.255.0"),
            (#""addresses":[{"10.0.0.1/8":{"label":"a b"}}]"#, "label: a b"),
            (#""addresses":[{"10.0.0.1/8":{"lifetime":3}}]"#, "lifetime: 3 is none of forever, 0"),
            (#""addresses":[{}]"#, "addresses[0]: a mapping is not"),
            (#""addresses":"10.0.0.1/8""#, "addresses: 10.0.0.1/8 is not a list"),
            (#""gateway4":"fe80::1""#, "gateway4: fe80::1 is not"),
            (#""gateway6":"fe80::1%eth0""#, "gateway6: fe80::1%eth0 is not"),
            (#""mtu":67"#, "mtu: 67 is not in 68…65536"),
            (#""mtu":1e3000"#, ""),
            (#""mtu":1400.5"#, "mtu: 1400.5 is not an integer"),
            (#""mtu":99999999999999999999"#, "mtu: "),
            (#""dhcp4":"perhaps""#, "dhcp4: perhaps is not true or false"),
            (#""routes":[{"via":"10.0.0.1"}]"#, "routes[0].to: missing"),
            (#""routes":[{"to":"default"}]"#, "routes[0].via: missing"),
            (#""routes":[{"to":"10.0.0.0/8","via":"fe80::1"}]"#, "routes[0]: IPv4 and IPv6 in one"),
            (#""routes":[{"to":"10.0.0.0/8","table":0}]"#, "routes[0].table: 0 is not in 1…4294967295"),
            (#""routes":[{"to":"10.0.0.0/8","type":"odd"}]"#, "routes[0].type: odd is none of unicast"),
            (#""routes":[7]"#, "routes[0]: 7 is not a mapping"),
            (#""routing-policy":[{"table":5}]"#, "routing-policy[0]: neither from nor to"),
            (#""routing-policy":[{"from":"10.0.0.1","to":"fe80::1"}]"#, "routing-policy[0]: IPv4 and IPv6"),
            (#""match":{"macaddress":"xx"}"#, "match.macaddress: xx is not a MAC address"),
            (#""match":{"name":"e*"},"set-name":"much-too-long-a-name""#, "set-name: much-too-long-a-name is not"),
            (#""nameservers":{"addresses":["dns.example.org"]}"#, "nameservers.addresses[0]: dns.example.org"),
            (#""link-local":["ipx"]"#, "link-local[0]: ipx is none of ipv4, ipv6"),
            (#""activation-mode":"on""#, "activation-mode: on is none of manual, off"),
            (#""ipv6-address-token":"10.0.0.1""#, "ipv6-address-token: 10.0.0.1"),
        ])
    func wrong(text: String, words: String) throws {
        let error = #expect(throws: (any Error).self) { try read(device(text)) }
        guard let error = error as? NetworkDocumentError else {
            // Numbers past all bounds are no JSON of ours.
            #expect(error is DocumentError && words.isEmpty, "\(String(describing: error))")
            return
        }
        #expect(error.description.contains(words), "\(error)")
    }

    @Test(
        "what is wrong in the whole is told",
        arguments: [
            ("[]", "the document: a list is not a mapping"), ("{}", "version: missing"),
            (#"{"version":3}"#, "version: version 3 is neither 1 nor 2"),
            (#"{"network":7}"#, "network: 7 is not a mapping"),
            (#"{"version":2,"ethernets":{"a/b":{}}}"#, "ethernets.a/b: a/b is not an interface's name"),
            (#"{"version":2,"ethernets":{"a":{}},"bonds":{"a":{}}}"#, "bonds.a: a is used twice"),
            (
                #"{"version":2,"ethernets":{"a":{"match":{"name":"x"},"set-name":"n"},"n":{}}}"#,
                "the document: n is used twice"
            ),
            (
                #"{"version":2,"ethernets":{"e":{}},"bonds":{"a":{"interfaces":["e"]},"b":{"interfaces":["e"]}}}"#,
                "bonds.b.interfaces[0]: e is used twice"
            ),
            (#"{"version":2,"bridges":{"b":{"interfaces":["b"]}}}"#, "b stands on itself"),
            (
                #"{"version":2,"bonds":{"b":{"interfaces":["v"]}},"vlans":{"v":{"id":1,"link":"b"}}}"#,
                "b stands on itself"
            ),
            (#"{"version":2,"vlans":{"v":{"id":4095,"link":"e"}}}"#, "vlans.v.id: 4095 is not in 0…4094"),
            (#"{"version":2,"vlans":{"v":{"id":5}}}"#, "vlans.v.link: missing"),
            (#"{"version":2,"bonds":{"b":{"interfaces":["a/b"]}}}"#, "bonds.b.interfaces[0]: a/b is not"),
            (#"{"version":2,"bonds":{"b":{"parameters":{"mode":"odd"}}}}"#, "bonds.b.parameters.mode: odd is none of"),
            (#"{"version":2,"bonds":{"b":{"parameters":{"mode":9}}}}"#, "bonds.b.parameters.mode: 9 is none of"),
            (
                #"{"version":2,"bonds":{"b":{"parameters":{"up-delay":"5 parsec"}}}}"#,
                "bonds.b.parameters.up-delay: 5 parsec is not a time"
            ),
            (
                #"{"version":2,"bonds":{"b":{"parameters":{"up-delay":"4294967295h"}}}}"#,
                "up-delay: 4294967295h is not a time"
            ),
            (#"{"version":2,"bridges":{"b":{"parameters":{"path-cost":5}}}}"#, "path-cost: 5 is not a mapping"),
            (#"{"version":1}"#, "config: missing"), (#"{"version":1,"config":[{}]}"#, "config[0].type: missing"),
            (#"{"version":1,"config":[{"type":"odd"}]}"#, "config[0].type: odd is none of physical"),
        ])
    func wholly(text: String, words: String) throws {
        let error = #expect(throws: NetworkDocumentError.self) { try read(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test(
        "what is wrong in version 1 is told with its place",
        arguments: [
            (#""type":"physical""#, "config[0].name: missing"),
            (#""type":"physical","name":"e","subnets":[{"type":"odd"}]"#, "config[0].subnets[0].type: odd"),
            (#""type":"physical","name":"e","subnets":[{"type":"static"}]"#, "subnets[0].address: missing"),
            (
                #""type":"physical","name":"e","subnets":[{"type":"static","address":"10.0.0.1","netmask":"255.0.255.0"}]"#,
                "subnets[0].netmask: 255.0.255.0 is not a netmask"
            ),
            (
                #""type":"physical","name":"e","subnets":[{"type":"static","address":"10.0.0.1","prefix":33}]"#,
                "subnets[0].prefix: 33 is not in 0…32"
            ),
            (
                #""type":"physical","name":"e","subnets":[{"type":"static6","address":"10.0.0.1/8"}]"#,
                "subnets[0].address: IPv4 and IPv6"
            ),
            (
                #""type":"physical","name":"e","subnets":[{"type":"dhcp","routes":[{"gateway":"10.0.0.1"}]}]"#,
                "subnets[0].routes[0].destination: missing"
            ),
            (#""type":"vlan","name":"v","vlan_link":"e""#, "config[0].vlan_id: missing"),
            (#""type":"bond","name":"b","params":{"bond-mode":"odd"}"#, "config[0].params.bond-mode: odd"),
            (#""type":"bridge","name":"b","params":{"bridge_pathcost":"eth0"}"#, "bridge_pathcost: eth0 is not a port"),
            (#""type":"nameserver""#, "config[0].address: missing"),
            (#""type":"nameserver","address":"1.1.1.1","interface":"eth9""#, "config[0].interface: eth9 is none of"),
        ])
    func wrongFirst(text: String, words: String) throws {
        let error = #expect(throws: NetworkDocumentError.self) { try read(entry(text)) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    // MARK: - What is left out

    @Test("what this build does not know or do is a warning with its place, and the rest holds")
    func warnings() throws {
        let document = try read(
            #"""
            {"network": {"version": 2, "renderer": "NetworkManager", "odd": 1,
             "ethernets": {"renderer": "networkd", "eth0": {"dhcp4": true, "critical": true, "emit-lldp": false, "wake": 1,
               "auth": {"key-management": "802.1x", "password": "secret"}, "match": {"path": "pci-*"},
               "routes": [{"to": "10.0.0.0/8", "via": "10.1.0.1", "type": "nat"}, {"to": "10.0.0.0/9", "tos": 3}],
               "dhcp4-overrides": {"use-moon": true}},
              "eth1": {"set-name": "lan1"}},
             "tunnels": {"wg0": {"mode": "wireguard", "key": "secret"}}, "wifis": {}, "openvswitch": {},
             "bonds": {"b": {"interfaces": ["eth9"], "parameters": {"moon": 1}}},
             "bridges": {"br": {"interfaces": [], "parameters": {"path-cost": {"eth8": 5}}}},
             "vlans": {"v": {"id": 1, "link": "eth7", "renderer": "sriov"}}}, "outside": true}
            """#)
        #expect(
            document.warnings.map(\.description) == [
                "network.bonds.b.interfaces[0]: eth9 is not defined here, a device of that name is meant",
                "network.bonds.b.parameters.moon: unknown, left out",
                "network.bridges.br.parameters.path-cost.eth8: eth8 is not defined here, a device of that name is meant",
                "network.ethernets.eth0.auth: not supported, left out",
                "network.ethernets.eth0.critical: not supported, left out",
                "network.ethernets.eth0.dhcp4-overrides.use-moon: unknown, left out",
                "network.ethernets.eth0.match.path: unknown, left out",
                "network.ethernets.eth0.routes[0].type: not supported, left out",
                "network.ethernets.eth0.routes[1].tos: unknown, left out",
                "network.ethernets.eth0.wake: unknown, left out",
                "network.ethernets.eth1.set-name: it means nothing without match, left out",
                "network.odd: unknown, left out", "network.tunnels.wg0: not supported, left out",
                "network.vlans.v.link: eth7 is not defined here, a device of that name is meant",
                "network.vlans.v.renderer: not supported, left out", "outside: unknown, left out",
            ])
        #expect(!document.warnings.contains { $0.description.contains("secret") })
        let first = try #require(document.network.interfaces.first)
        #expect(first.dhcp4 && first.routes.map(\.destination.description) == ["10.0.0.0/9"])
    }

    @Test("version 1 warns likewise")
    func warningsFirst() throws {
        let document = try read(
            #"""
            {"version": 1, "config": [{"type": "physical", "name": "e", "odd": 1, "subnets": [
               {"type": "static", "address": "10.0.0.9", "moon": 1, "broadcast": "10.0.0.255", "control": "manual"},
               {"type": "static6", "address": "2001:db8::9", "mtu": 1400}]},
              {"type": "infiniband", "name": "ib0"},
              {"type": "bridge", "name": "br", "bridge_interfaces": ["e"], "params": {"bridge_maxwait": 0, "bridge_odd": 1}}]}
            """#)
        #expect(
            document.warnings.map(\.description) == [
                "config[0].odd: unknown, left out",
                "config[0].subnets[0].address: without a prefix length, /24 is taken",
                "config[0].subnets[0].moon: unknown, left out",
                "config[0].subnets[1].address: without a prefix length, /64 is taken",
                "config[1]: not supported, left out", "config[2].params.bridge_maxwait: not supported, left out",
                "config[2].params.bridge_odd: unknown, left out",
            ])
        let first = try #require(document.network.interfaces.first)
        #expect(first.addresses.map(\.description) == ["10.0.0.9/24", "2001:db8::9/64"])
        #expect(first.ipv6MTU == 1400 && first.activation == .manual && first.isOptional)
    }

    @Test(
        "a network that is not to be touched is none, and says so",
        arguments: [#"{"config":"disabled"}"#, #"{"network":{"config":"disabled"}}"#])
    func disabled(text: String) throws {
        let document = try read(text)
        #expect(document.network == DesiredNetwork() && document.warnings.count == 1)
    }

    // MARK: - What the judges do not say

    /// cloud-init's documents have masks after the slash, which netplan refuses.
    @Test("an address may have its mask after the slash")
    func mask() throws {
        let document = try read(
            device(#""addresses":["192.168.1.10/255.255.255.0","2001:db8::1/ffff:ffff:ffff:ff00::"]"#))
        #expect(
            document.network.interfaces.first?.addresses.map(\.description) == ["192.168.1.10/24", "2001:db8::1/56"])
    }

    @Test("a version 1 network's ways to IPv6 are told apart")
    func slaac() throws {
        let types = ["ipv6_slaac", "ipv6_dhcpv6-stateless", "ipv6_dhcpv6-stateful", "dhcp6"]
        let found = try types.map { type in
            let link = try read(entry(#""type":"physical","name":"e","subnets":[{"type":"\#(type)"}]"#)).network
                .interfaces[0]
            return [link.dhcp6, link.acceptsRouterAdvertisements]
        }
        #expect(found == [[false, true], [true, true], [true, nil], [true, nil]])
    }

    @Test("a route of the machine is on the interface that has its gateway on a network, else the kernel's to place")
    func machineRoutes() throws {
        let network = try read(
            #"""
            {"version":1,"config":[{"type":"route","destination":"10.9.0.0/16","gateway":"10.0.0.1"},
             {"type":"route","destination":"10.8.0.0/16","gateway":"10.1.0.1","metric":4},
             {"type":"physical","name":"e","subnets":[{"type":"static","address":"10.0.0.2/24"}]}]}
            """#
        ).network
        #expect(network.interfaces[0].routes.map(\.destination.description) == ["10.9.0.0/16"])
        #expect(network.routes.map(\.destination.description) == ["10.8.0.0/16"])
        #expect(network.document["routes"]?.array?.first?["metric"] == 4)
    }

    @Test("devices that are found by more than a name are referred to by what the document calls them")
    func references() throws {
        let network = try read(
            #"""
            {"version":2,"ethernets":{"ports":{"match":{"name":"enp2*"}},"alone":{"match":{"driver":"ixgbe"}},
             "p":{"match":{"macaddress":"52:54:00:00:00:01"},"set-name":"lan"}},
             "bonds":{"b":{"interfaces":["ports","p"]}}}
            """#
        ).network
        let ports = try #require(network.interfaces.first { $0.match?.name == "enp2*" })
        #expect(ports.reference == "ports" && ports.name == nil)
        #expect(network.interfaces.first { $0.name == "lan" }?.reference == "p")
        #expect(network.interfaces.first { $0.match?.drivers == ["ixgbe"] }?.reference == nil)
        #expect(network.interfaces.last?.document["members"] == ["ports", "p"])
    }

    @Test("a truth may be one of YAML's words, a number a text, and a null says nothing")
    func scalars() throws {
        let link = try read(device(#""dhcp4":"Yes","dhcp6":"off","mtu":"1400","addresses":null,"match":null"#))
            .network.interfaces[0]
        #expect(link.dhcp4 && !link.dhcp6 && link.mtu == 1400 && link.name == "eth0")
    }

    @Test("the comparison tells a difference")
    func comparison() throws {
        let ours = LinkMeaning(
            try read(device(#""addresses":["10.0.0.1/24"]"#)).network.interfaces[0], master: nil, vlans: [],
            isPrimary: false)
        let other = LinkMeaning(
            try read(device(#""addresses":["10.0.0.2/24"],"mtu":1400"#)).network.interfaces[0], master: nil,
            vlans: [], isPrimary: false)
        #expect(ours.differences(from: other).count == 3)
    }
}
