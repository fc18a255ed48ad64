import Testing

/// The rules of ARCHITECTURE.md, each with a small house that breaks it: a rule that cannot fail keeps nothing.
@Suite("The house")
struct HouseTests {
    /// A manifest of the form that Package.swift has, with these targets.
    private func manifest(_ targets: String..., head: String = "") -> String {
        """
        \(head)
        let package = Package(
            name: "Sample",
            products: ["Kernel"].map { .library(name: $0, targets: [$0]) },
            targets: [
                \(targets.joined(separator: ",\n        "))
            ]
        )
        """
    }

    private func house(_ targets: String..., files: [String: String]) -> House {
        let list = targets.joined(separator: ",\n        ")
        return House(manifest: manifest(list), files)
    }

    /// `violations` has just these, each told by a part of its words.
    private func expect(
        _ violations: [String], _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(violations.count == parts.count, "\(violations)", sourceLocation: sourceLocation)
        for part in parts {
            #expect(violations.contains { $0.contains(part) }, "\(part): \(violations)", sourceLocation: sourceLocation)
        }
    }

    private func expectKept(_ violations: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(violations.isEmpty, "\n\(violations.joined(separator: "\n"))", sourceLocation: sourceLocation)
    }

    // MARK: - The readers themselves

    @Test("comments and strings are no code, interpolations are")
    func text() {
        let text = SwiftText(
            ##"""
            import Kernel // import Foundation
            /* a /* nested */ try! */ let a = "x! \(b! + "y") z" + #"raw \(c!) \#(d!)"#
            internal import struct NIOCore.ByteBuffer
            """##)
        #expect(text.imports.map(\.module) == ["Kernel", "NIOCore"])
        #expect(text.code[1].filter { $0 == "!" }.count == 2)
        #expect(text.code[1].contains("b!") && text.code[1].contains("d!"))
        #expect(text.literals.map(\.text) == ["y", "x!  z", #"raw \(c!) "#])
        let long = SwiftText("let a = \"\"\"\n    try! \"quoted\"\n    \"\"\"\nlet b = c!")
        #expect(long.code.count == 4 && long.code[3] == "let b = c!" && !long.code[1].contains("!"))
    }

    @Test("every target of Package.swift is read with its folder and its dependencies")
    func reading() throws {
        let sample = Manifest(
            manifest(
                #".target(name: "CKernel", path: "Modules/CKernel")"#,
                #"library("CZstd", pkgConfig: "libzstd", apt: "z")"#,
                #"module("Kernel", ["CKernel"] + nio)"#, #"platforms("Platforms", ["Kernel"])"#,
                #"tests("Kernel", ["Kernel"])"#,
                #"executable("agent", ["Kernel", argumentParser], path: "Tests/agent")"#))
        #expect(sample.problems.isEmpty)
        #expect(
            sample.targets.map(\.path) == [
                "Modules/CKernel", "Modules/CZstd", "Modules/Kernel", "Platforms", "Tests/KernelTests", "Tests/agent",
            ])
        #expect(
            sample.targets.map(\.dependencies) == [
                [], [], ["CKernel", "nio"], ["Kernel"], ["Kernel"], ["Kernel", "argumentParser"],
            ])
        let real = try House.ofThisCheckout()
        #expect(real.manifest.targets.count > 30 && real.manifest.libraries.contains("Netlink"))
        #expect(real.files.count > 200)
    }

    // MARK: - Package.swift

    @Test("every target's folder has code, and all code is in a target's folder")
    func folders() throws {
        expectKept(try House.ofThisCheckout().folderRule())
        expect(
            house(
                #"module("Kernel")"#, #"module("Netlink")"#, #"surprise("X")"#,
                files: ["Modules/Kernel/A.swift": "", "Modules/Orphan/A.swift": ""]
            ).folderRule(), "Netlink: no code", "Modules/Orphan/A.swift: in no target", "no known form")
    }

    @Test("modules use modules, by the table of edges, in one direction")
    func moduleEdges() throws {
        expectKept(try House.ofThisCheckout().moduleEdgeRule())
        expect(
            house(
                #"module("Kernel", ["Platform"])"#, #"module("Netlink", ["Kernel", "RouteNetlink"])"#,
                #"module("New")"#,
                files: [:]
            ).moduleEdgeRule([("Kernel", []), ("Netlink", ["Kernel", "Later"]), ("Gone", [])]),
            "may use Later, which is no row above", "Gone is no target", "Kernel depends on Platform",
            "Netlink depends on RouteNetlink", "New is not in the table")
    }

    @Test("layers use what is below them, PID 1 the kernel's module alone, and nothing a program")
    func layers() throws {
        expectKept(try House.ofThisCheckout().layerRule())
        expect(
            house(
                #"module("Kernel", ["Init"])"#, #"platformCore("Platform", ["Platforms"])"#, #"platforms("Platforms")"#,
                #"source("Init", ["Platform"])"#, #"executable("slipway", ["TestSupport", "Typo"])"#,
                #"support("TestSupport", ["slipway"], path: "Tests/Support")"#, files: [:]
            ).layerRule(), "Kernel depends on Init", "Platform depends on Platforms", "PID 1 stands on",
            "slipway depends on TestSupport", "slipway depends on Typo", "the program slipway")
    }

    @Test("C code is fenced: three targets hold it, a C library has one user, CInit is the init's")
    func c() throws {
        expectKept(try House.ofThisCheckout().cRule())
        expect(
            house(
                #"library("CZstd", pkgConfig: "z", apt: "z")"#, #"library("CKmod", pkgConfig: "k", apt: "k")"#,
                #"module("Kernel", ["CZstd"])"#, #"module("Netlink", ["CZstd", "CInit"])"#,
                files: [
                    "Modules/CZstd/shim.h": "#include <zstd.h>\nstatic inline int f(void) { return 1; }",
                    "Modules/CKmod/shim.h": "#include <libkmod.h>", "Modules/Kernel/fast.c": "",
                    "Modules/Kernel/A.swift": "public import CZstd", "Modules/Netlink/A.swift": "internal import CZstd",
                ]
            ).cRule(), "CZstd/shim.h: C code", "fast.c: C code", "Netlink depends on CInit",
            "CKmod is imported by nobody",
            "CZstd is imported by Kernel, Netlink", "A.swift:1: CZstd shown")
    }

    @Test("no library carries unsafeFlags: a stranger's package can depend on it")
    func unsafeFlags() throws {
        expectKept(try House.ofThisCheckout().unsafeFlagsRule())
        let head = """
            func executable(_ name: String) -> Target {
                .executableTarget(name: name, linkerSettings: [.unsafeFlags(["-s"])])
            }
            func module(_ name: String) -> Target {
                .target(name: name, swiftSettings: [.unsafeFlags(["-Ounchecked"])])
            }
            """
        expect(House(manifest: manifest(#"module("Kernel")"#, head: head), [:]).unsafeFlagsRule(), "Package.swift:5")
    }

    @Test("what is imported is declared, and what is declared is imported")
    func imports() throws {
        expectKept(try House.ofThisCheckout().importRule())
        expect(
            house(
                #"module("Kernel")"#, #"module("Netlink", ["Kernel", "Documents"] + nio)"#,
                files: [
                    "Modules/Kernel/A.swift": "import Netlink\nimport Glibc\nimport Testing",
                    "Modules/Netlink/A.swift":
                        "internal import Kernel\nimport NIOCore\nimport ArgumentParser\nimport XCTest",
                ]
            ).importRule(), "Netlink is not declared", "Testing is not declared", "ArgumentParser is not declared",
            "XCTest is not declared", "Netlink declares Documents")
    }

    // MARK: - Sources

    @Test("Foundation is imported by nobody")
    func foundation() throws {
        expectKept(try House.ofThisCheckout().foundationRule())
        expect(
            house(
                files: [
                    "Sources/a/A.swift": "internal import Foundation\nimport FoundationEssentials\nimport FoundationXML"
                ]
            ).foundationRule(), "A.swift:1: import Foundation", "A.swift:3: import FoundationXML")
    }

    @Test("the host's files are reached through a HostRoot")
    func hostRoot() throws {
        expectKept(try House.ofThisCheckout().hostRootRule())
        expect(
            house(
                files: [
                    "Modules/Devices/A.swift": "let a = try OwnedDescriptor.open(path, 0)",
                    "Modules/Devices/B.swift": #"let b = try HostRoot.live.text("/proc/cmdline")"#,
                    "Modules/Devices/C.swift": #"let c = root.text("/sys/block") // LiveFiles("/sys")"#,
                    "Platforms/Core/D.swift": #"let d = try LiveFiles().contents(of: "/etc/os-release", limit: 9)"#,
                ]
            ).hostRootRule(["Platforms/Core/D.swift": "", "Platforms/Core/E.swift": ""]), "A.swift:1: opens past",
            "B.swift:1: HostRoot.live", "D.swift:1: /etc/os-release", "E.swift opens nothing")
    }

    @Test("what ships does not trap on purpose")
    func traps() throws {
        expectKept(try House.ofThisCheckout().trapRule())
        let bad = """
            let a = try! f()
            let b = c as! D
            fatalError()
            let e = list.first!.name
            let g = table[1]! + h()!
            var i: Int!
            let fine = !a && b != c && d !== e
            let alsoFine = $0.baseAddress! + 1
            let words = "no! \\(really!)"
            precondition(a)
            """
        expect(
            house(files: ["Sources/a/A.swift": bad, "Tests/aTests/A.swift": bad]).trapRule(), "A.swift:1:",
            "A.swift:2:",
            "A.swift:3: fatalError", "A.swift:4:", "A.swift:5:", "A.swift:5:", "A.swift:6:", "A.swift:9:",
            "A.swift:10: precondition")
    }

    @Test("a platform's folder names nothing of another's")
    func platforms() throws {
        expectKept(try House.ofThisCheckout().platformRule())
        expect(
            house(
                files: [
                    "Platforms/AWS/AWS.swift": "enum AWS {}\nstruct Session {}\nprivate struct Own {}",
                    "Platforms/GCP/GCP.swift":
                        "enum GCP { static let like = AWS.self }\nprivate struct Own {}\n// Session",
                    "Platforms/Registry.swift": "let all = [AWS.self, GCP.self]",
                ]
            ).platformRule(), "GCP.swift:1: AWS is of AWS")
    }

    @Test("no file has more than 400 lines")
    func lengths() throws {
        expectKept(try House.ofThisCheckout().lengthRule())
        let line = "let a = 1\n"
        expect(
            house(
                files: [
                    "Sources/a/A.swift": String(repeating: line, count: 400),
                    "Sources/a/B.swift": String(repeating: line, count: 401),
                ]
            ).lengthRule(), "B.swift: 401 lines")
    }

    @Test("unchecked sendability is on a list, with its reason")
    func sendability() throws {
        expectKept(try House.ofThisCheckout().sendableRule())
        expect(
            house(
                files: [
                    "Sources/a/A.swift": "final class A: @unchecked Sendable {}",
                    "Tests/aTests/B.swift": "nonisolated(unsafe) var b = 1",
                    "Modules/Kernel/C.swift": "// @unchecked Sendable",
                ]
            ).sendableRule(["Modules/Kernel/C.swift": ""]), "A.swift:1", "B.swift:1", "C.swift has no unchecked")
    }

    @Test("Debian's packages are listed in one place")
    func packageList() throws {
        expectKept(try House.ofThisCheckout().packageListRule())
        expect(
            house(
                files: [
                    "Scripts/packages.txt": "gcc", "Scripts/setup": "apt-get install -y \"${missing[@]}\"",
                    "README.md": "run `apt-get install -y qemu`", "Makefile": "\tapt install git",
                ]
            ).packageListRule(), "README.md:1", "Makefile:1")
        expect(house(files: [:]).packageListRule(), "no Scripts/packages.txt")
    }
}
