import Documents
import Kernel
import Platform
import SystemPackage
import TestSupport
import Testing

@Suite("Platform facts")
struct PlatformFactsTests {
    @Test("a host's files become facts")
    func reading() throws {
        let directory = try TemporaryDirectory()
        let id = "sys/class/dmi/id"
        try directory.write("\(id)/sys_vendor", "QEMU\n")
        try directory.write("\(id)/product_name", "Standard PC (Q35 + ICH9, 2009)\n")
        try directory.write("\(id)/product_serial", "\n")
        try directory.write("sys/class/virtio-ports/vport1p1/name", "org.qemu.guest_agent.0\n")
        try directory.write("sys/class/virtio-ports/vport1p2/dev", "1:2\n")
        try directory.write("sys/firmware/qemu_fw_cfg/by_name/opt/org.slipway/config/raw", "x")
        try directory.write("sys/firmware/qemu_fw_cfg/by_name/bootorder/raw", "x")
        try directory.write("proc/cmdline", "quiet slipway.platform=aws\n")
        try directory.write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu sse hypervisor\n")
        let facts = PlatformFacts(reading: HostRoot(directory: directory.path), blockLabels: ["cidata"])
        #expect(
            try JSONText.encode(facts, as: .line) == """
                {"block_labels":["cidata"],"cmdline":"quiet slipway.platform=aws","container":false,"dmi":{"bios_vendor":null,\
                "bios_version":null,"board_name":null,"board_vendor":null,"chassis_asset_tag":null,"product_name":\
                "Standard PC (Q35 + ICH9, 2009)","product_serial":null,"product_uuid":null,"product_version":null,\
                "sys_vendor":"QEMU"},"fw_cfg":["bootorder","opt/org.slipway/config"],"hypervisor_uuid":null,\
                "virtio_ports":["org.qemu.guest_agent.0"],"virtualization":"qemu"}
                """)
        #expect(try PlatformFacts(document: Array(JSONText.encode(facts).utf8)) == facts)
    }

    struct Machine: Sendable {
        let files: [String: String]
        let word: String?
    }

    @Test(
        "the hypervisor has systemd-detect-virt's word",
        arguments: [
            Machine(files: [:], word: nil),
            Machine(files: ["proc/cpuinfo": "flags : fpu\n"], word: "none"),
            Machine(files: ["proc/cpuinfo": "flags : fpu hypervisor\n"], word: "vm-other"),
            Machine(
                files: ["sys/devices/system/clocksource/clocksource0/available_clocksource": "kvm-clock tsc \n"],
                word: "kvm"),
            Machine(
                files: [
                    "sys/class/dmi/id/sys_vendor": "QEMU\n",
                    "sys/devices/system/clocksource/clocksource0/available_clocksource": "kvm-clock tsc \n",
                ], word: "kvm"),
            Machine(
                files: ["sys/class/dmi/id/product_name": "KVM\n", "sys/class/dmi/id/sys_vendor": "QEMU"], word: "kvm"),
            Machine(files: ["sys/class/dmi/id/sys_vendor": "innotek GmbH\n"], word: "oracle"),
            Machine(files: ["sys/class/dmi/id/sys_vendor": "VMware, Inc.\n"], word: "vmware"),
            Machine(
                files: [
                    "sys/class/dmi/id/sys_vendor": "Microsoft Corporation",
                    "sys/class/dmi/id/product_name": "Virtual Machine",
                ], word: "microsoft"),
            Machine(
                files: ["sys/class/dmi/id/sys_vendor": "Amazon EC2", "proc/cpuinfo": "flags : fpu\n"], word: "none"),
            Machine(files: ["sys/class/dmi/id/sys_vendor": "Dell Inc."], word: "none"),
            Machine(
                files: [
                    "sys/class/dmi/id/sys_vendor": "Dell Inc.", "proc/cpuinfo": "flags : fpu hypervisor\n",
                    "sys/bus/pci/devices/0000:00:07.7/vendor": "0x15ad\n",
                    "sys/bus/pci/devices/0000:00:07.7/device": "0x0740\n",
                ], word: "vmware"),
            Machine(files: ["sys/hypervisor/type": "xen\n"], word: "xen"),
            Machine(files: ["sys/hypervisor/type": "xen\n", "proc/xen/capabilities": "control_d\n"], word: "none"),
        ])
    func virtualization(machine: Machine) throws {
        let directory = try TemporaryDirectory()
        for (path, text) in machine.files { try directory.write(path, text) }
        #expect(PlatformFacts(reading: HostRoot(directory: directory.path)).virtualization == machine.word)
    }

    @Test(
        "a container is told apart by its marks",
        arguments: ["run/systemd/container", ".dockerenv", "run/.containerenv"])
    func container(mark: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(mark, "")
        #expect(PlatformFacts(reading: HostRoot(directory: directory.path)).isContainer)
    }

    @Test("every key may be missing or null")
    func missing() throws {
        #expect(try PlatformFacts(document: Array("{}".utf8)) == PlatformFacts())
        let nulls = """
            {"dmi":null,"hypervisor_uuid":null,"virtualization":null,"block_labels":null,"virtio_ports":null,
            "fw_cfg":null,"cmdline":null,"container":null}
            """
        #expect(try PlatformFacts(document: Array(nulls.utf8)) == PlatformFacts())
        #expect(try PlatformFacts(document: Array(#"{"dmi":{"sys_vendor":null,"x":"y"}}"#.utf8)) == PlatformFacts())
    }

    @Test(
        "a document of another shape is a typed error",
        arguments: [
            "", "[]", "null", "3", #"{"dmi":[]}"#, #"{"block_labels":"x"}"#, #"{"container":"yes"}"#,
            #"{"dmi":{"sys_vendor":1}}"#,
        ])
    func malformed(text: String) {
        let error = #expect(throws: PlatformError.self) { try PlatformFacts(document: Array(text.utf8)) }
        #expect(error?.exit == .failed)
    }

    @Test("a document is bounded, and a missing file is its errno")
    func bounds() {
        let large = [UInt8](repeating: 0x20, count: PlatformFacts.documentLimit + 1)
        #expect(throws: PlatformError.self) { try PlatformFacts(document: large) }
        let deep = Array((String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).utf8)
        #expect(throws: PlatformError.self) { try PlatformFacts(document: deep) }
        let error = #expect(throws: PlatformError.self) { try PlatformFacts(readingDocument: "/nonesuch") }
        #expect(
            error?.kind == .unreadable(OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: "/nonesuch")))
    }

    @Test("every prefix and every flipped bit is facts or an error, never a trap")
    func total() throws {
        let whole = Array(
            #"{"dmi":{"sys_vendor":"Amazon EC2"},"block_labels":["a","b"],"cmdline":"a=\"b c\"","container":false}"#
                .utf8)
        for count in whole.indices {
            #expect(throws: PlatformError.self) { try PlatformFacts(document: Array(whole.prefix(count))) }
        }
        for position in whole.indices {
            for bit in 0..<8 {
                var changed = whole
                changed[position] ^= 1 << bit
                _ = try? PlatformFacts(document: changed)
            }
        }
    }

    @Test("an error says which platform, where, what was answered and what to do")
    func words() {
        let error = PlatformError(
            .refused, platform: "aws", url: "http://169.254.169.254/latest/user-data", status: 403, hint: "turn it on")
        #expect(
            error.description
                == "aws: the metadata service refused (http://169.254.169.254/latest/user-data: status 403); turn it on"
        )
        #expect(PlatformError(.noMetadata).exit.rawValue == 4)
        #expect(PlatformError(.timedOut("x")).exit.rawValue == 5)
    }
}
