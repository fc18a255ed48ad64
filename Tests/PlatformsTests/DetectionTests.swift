import Documents
import Platform
import Platforms
import Testing

/// A facts document, and what platforms.md says of it.
struct DetectionCase: Sendable, CustomTestStringConvertible {
    let name: String
    let facts: String
    let platform: String
    init(_ name: String, _ facts: String, _ platform: String) {
        self.name = name
        self.facts = facts
        self.platform = platform
    }
    var testDescription: String { name }
}

@Suite("Detection")
struct DetectionTests {
    private func verdict(_ facts: String) throws -> PlatformVerdict {
        try Registry.detector.verdict(on: PlatformFacts(document: Array(facts.utf8)))
    }

    static let cases = [
        DetectionCase(
            "Nitro", #"{"dmi":{"sys_vendor":"Amazon EC2","product_uuid":"ec2e1916-9099-7caf-fd21-012345abcdef"}}"#,
            "aws"),
        DetectionCase("a bare BIOS vendor of EC2", #"{"dmi":{"bios_vendor":"Amazon EC2"}}"#, "aws"),
        DetectionCase(
            "EC2 of Xen's days",
            #"{"dmi":{"sys_vendor":"Xen","bios_version":"4.11.amazon"},"hypervisor_uuid":"ec2e1916-9099-7caf-fd21-012345abcdef","virtualization":"xen"}"#,
            "aws"),
        DetectionCase(
            "bare metal of EC2",
            #"{"dmi":{"sys_vendor":"Amazon EC2","product_name":"i3.metal"},"virtualization":"none"}"#, "aws"),
        DetectionCase("a board of EC2", #"{"dmi":{"board_vendor":"Amazon EC2"}}"#, "aws"),
        DetectionCase(
            "the UUID alone on Hyper-V",
            #"{"dmi":{"sys_vendor":"Microsoft Corporation","product_name":"Virtual Machine","product_uuid":"EC2E1916-9099-7CAF-FD21-012345ABCDEF"},"virtualization":"microsoft"}"#,
            "metal"),
        DetectionCase(
            "the swapped UUID on Hetzner",
            #"{"dmi":{"sys_vendor":"Hetzner","product_uuid":"45e12aec-dcd1-b213-94ed-012345abcdef"}}"#, "hetzner"),
        DetectionCase(
            "the hypervisor's UUID alone on Xen",
            #"{"dmi":{"sys_vendor":"Xen"},"hypervisor_uuid":"ec2e1916-9099-7caf-fd21-012345abcdef","virtualization":"xen"}"#,
            "metal"),
        DetectionCase(
            "dom0",
            #"{"dmi":{"sys_vendor":"Dell Inc."},"hypervisor_uuid":"00000000-0000-0000-0000-000000000000","virtualization":"none"}"#,
            "metal"),
        DetectionCase(
            "Alibaba", #"{"dmi":{"sys_vendor":"Alibaba Cloud","product_name":"Alibaba Cloud ECS"}}"#, "alibaba"),
        DetectionCase(
            "Alibaba that says EC2", #"{"dmi":{"product_name":"Alibaba Cloud ECS","bios_vendor":"Amazon EC2"}}"#,
            "alibaba"),
        DetectionCase(
            "Brightbox",
            #"{"dmi":{"product_serial":"srv-abcde.gb1.brightbox.com","sys_vendor":"Amazon EC2","product_uuid":"ec2e1916-9099-7caf-fd21-012345abcdef"}}"#,
            "brightbox"),
        DetectionCase(
            "Outscale",
            #"{"dmi":{"sys_vendor":"3DS Outscale","product_name":"3DS Outscale VM","product_uuid":"ec2e1916-9099-7caf-fd21-012345abcdef"}}"#,
            "outscale"),
        DetectionCase("ZStack", #"{"dmi":{"chassis_asset_tag":"vm.zstack.io","bios_vendor":"Amazon EC2"}}"#, "zstack"),
        DetectionCase("e24cloud", #"{"dmi":{"sys_vendor":"e24cloud"}}"#, "e24cloud"),
        DetectionCase("Akamai", #"{"dmi":{"sys_vendor":"Akamai","product_name":"Compute Instance"}}"#, "akamai"),
        DetectionCase(
            "Akamai by its old name", #"{"dmi":{"sys_vendor":"Linode","product_name":"Compute Instance"}}"#, "akamai"),
        DetectionCase("CloudStack", #"{"dmi":{"product_name":"CloudStack KVM Hypervisor"}}"#, "cloudstack"),
        DetectionCase("Exoscale", #"{"dmi":{"product_name":"Exoscale Compute Platform"}}"#, "exoscale"),
        DetectionCase("Scaleway", #"{"dmi":{"sys_vendor":"Scaleway"}}"#, "scaleway"),
        DetectionCase("UpCloud", #"{"dmi":{"sys_vendor":"UpCloud"}}"#, "upcloud"),
        DetectionCase("Vultr", #"{"dmi":{"sys_vendor":"Vultr"}}"#, "vultr"),
        DetectionCase("KubeVirt", #"{"dmi":{"sys_vendor":"KubeVirt","product_name":"None"}}"#, "kubevirt"),
        DetectionCase("Proxmox", #"{"dmi":{"sys_vendor":"Proxmox"}}"#, "proxmox"),
        DetectionCase("Tencent", #"{"dmi":{"sys_vendor":"Tencent Cloud"}}"#, "tencent"),
        DetectionCase("Nutanix", #"{"dmi":{"sys_vendor":"Nutanix","product_name":"AHV"}}"#, "nutanix"),
        DetectionCase("GCE", #"{"dmi":{"product_name":"Google Compute Engine"}}"#, "gcp"),
        DetectionCase("GCE's bare metal", #"{"dmi":{"product_name":"Google"},"virtualization":"none"}"#, "gcp"),
        DetectionCase("GCE by its serial", #"{"dmi":{"product_serial":"GoogleCloud-0123456789ABCDEF"}}"#, "gcp"),
        DetectionCase("a guest nested on GCE", #"{"dmi":{"sys_vendor":"QEMU"},"virtualization":"kvm"}"#, "metal"),
        DetectionCase(
            "a Chromebook", #"{"dmi":{"sys_vendor":"Google","product_name":"Eve","bios_vendor":"coreboot"}}"#, "metal"),
        DetectionCase(
            "VMware by its tables", #"{"dmi":{"sys_vendor":"VMware, Inc.","product_name":"VMware Virtual Platform"}}"#,
            "vmware"),
        DetectionCase(
            "VMware with the host's tables", #"{"dmi":{"sys_vendor":"Dell Inc."},"virtualization":"vmware"}"#, "vmware"),
        DetectionCase(
            "QEMU that answers VMware's port", #"{"dmi":{"sys_vendor":"QEMU"},"virtualization":"qemu"}"#, "metal"),
        DetectionCase(
            "OpenStack on ESXi",
            #"{"dmi":{"sys_vendor":"VMware, Inc.","product_name":"OpenStack Nova"},"virtualization":"vmware"}"#,
            "openstack"),
        DetectionCase(
            "VMware with a seed", #"{"dmi":{"sys_vendor":"VMware, Inc."},"block_labels":["cidata"]}"#, "vmware"),
        DetectionCase(
            "Azure",
            #"{"dmi":{"sys_vendor":"Microsoft Corporation","chassis_asset_tag":"7783-7084-3265-9085-8269-3286-77"}}"#,
            "azure"),
        DetectionCase(
            "plain Hyper-V", #"{"dmi":{"sys_vendor":"Microsoft Corporation","product_name":"Virtual Machine"}}"#,
            "metal"),
        DetectionCase("a config drive of any case", #"{"block_labels":["CONFIG-2"]}"#, "openstack"),
        DetectionCase("a seed of any case", #"{"block_labels":["CIDATA"],"virtualization":"kvm"}"#, "nocloud"),
        DetectionCase("a seed by serial", #"{"dmi":{"product_serial":"ds=nocloud;s=http://10.0.0.1/"}}"#, "nocloud"),
        DetectionCase(
            "QEMU of ours", #"{"dmi":{"sys_vendor":"QEMU"},"fw_cfg":["etc/boot-menu-wait","opt/org.slipway/config"]}"#,
            "qemu"),
        DetectionCase("QEMU of others", #"{"dmi":{"sys_vendor":"QEMU"},"fw_cfg":["opt/com.coreos/config"]}"#, "metal"),
        DetectionCase("LXD's machine", #"{"dmi":{"sys_vendor":"QEMU"},"virtio_ports":["com.canonical.lxd"]}"#, "lxd"),
        DetectionCase("Oracle", #"{"dmi":{"sys_vendor":"QEMU","chassis_asset_tag":"OracleCloud.com"}}"#, "oracle"),
        DetectionCase("DigitalOcean", #"{"dmi":{"sys_vendor":"DigitalOcean"}}"#, "digitalocean"),
        DetectionCase("nothing", "{}", "metal"),
        DetectionCase(
            "the command line over all",
            #"{"dmi":{"sys_vendor":"Amazon EC2"},"cmdline":"quiet slipway.platform=metal"}"#, "metal"),
        DetectionCase(
            "the last word on the command line", #"{"cmdline":"slipway.platform=aws slipway.platform=\"gcp\" ro"}"#,
            "gcp"),
        DetectionCase(
            "auto on the command line", #"{"dmi":{"sys_vendor":"Amazon EC2"},"cmdline":"slipway.platform=auto"}"#, "aws"
        ),
        DetectionCase("Equinix by name", #"{"cmdline":"slipway.platform=equinix"}"#, "equinix"),
    ]

    @Test("every platform of the registry has a case")
    func covered() {
        let named = Set(Self.cases.map { PlatformName(rawValue: $0.platform) })
        for platform in Registry.platforms { #expect(named.contains(platform.name), "\(platform.name) has no case") }
    }

    @Test("each machine is what it is", arguments: cases)
    func table(machine: DetectionCase) throws {
        #expect(try verdict(machine.facts).platform.rawValue == machine.platform)
    }

    @Test("the verdict is explained, in the shape that programs read")
    func shape() throws {
        let verdict = try verdict(#"{"dmi":{"sys_vendor":"Amazon EC2"},"block_labels":["cidata"]}"#)
        let text = try JSONText.encode(verdict, as: .line)
        #expect(
            text == """
                {"conflicts":[{"for":"nocloud","source":"block_labels","value":"cidata","weight":30}],"container":false,\
                "data_source":"imds","platform":"aws","score":100,"signals":[{"for":"aws","source":"dmi.sys_vendor",\
                "value":"Amazon EC2","weight":100},{"for":"nocloud","source":"block_labels","value":"cidata","weight":30}],\
                "virtualization":"kvm"}
                """)
    }

    @Test("a UUID alone is listed as a conflict")
    func lonelyUUID() throws {
        let verdict = try verdict(#"{"dmi":{"product_uuid":"EC2E1916-9099-7CAF-FD21-012345ABCDEF"}}"#)
        #expect(verdict.score == 0)
        #expect(verdict.conflicts.map(\.platform) == ["aws"])
    }

    @Test("VMware's tables on another hypervisor are VMware, with the conflict")
    func emulated() throws {
        let verdict = try verdict(#"{"dmi":{"sys_vendor":"VMware, Inc."},"virtualization":"qemu"}"#)
        #expect(verdict.platform == "vmware" && verdict.dataSource == .guestinfo)
        #expect(verdict.conflicts.contains { $0.source == "virtualization" && $0.value == "qemu" })
    }

    @Test("a name that is none is an error that lists the names")
    func unknown() {
        let error = #expect(throws: PlatformError.self) { try verdict(#"{"cmdline":"slipway.platform=azur"}"#) }
        #expect(error?.kind == .unknownName("azur"))
        #expect(error?.hint.contains("azure") == true)
    }

    @Test("the registry has the platforms of the design, each once")
    func names() {
        let names = Registry.platforms.map(\.name.rawValue)
        let designed =
            "metal aws gcp vmware azure openstack nocloud hetzner digitalocean vultr upcloud scaleway akamai oracle equinix "
            + "exoscale cloudstack alibaba tencent proxmox nutanix kubevirt lxd qemu brightbox outscale zstack e24cloud"
        #expect(names.sorted() == designed.split(separator: " ").map(String.init).sorted())
    }

    @Test("a container is told apart")
    func container() throws {
        #expect(try verdict(#"{"container":true}"#).isContainer)
    }
}
