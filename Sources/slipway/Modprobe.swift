import Glibc
import KernelModules
import SystemPackage

/// What the kernel calls for a module that it wants (request_module, kernel/module/kmod.c): `/sbin/modprobe -q -- ALIAS`.
enum Modprobe {
    static func run(_ arguments: [String]) -> Int32 {
        let aliases = arguments.filter { !$0.hasPrefix("-") }
        guard !aliases.isEmpty else { return 1 }
        do {
            let index = try ModuleIndex()
            for alias in aliases {
                for step in try index.resolve(alias) { try KernelModuleLoader().load(step.path, options: step.options) }
            }
            return 0
        } catch {
            if !arguments.contains("-q") { Terminal.note("modprobe: \(error)") }
            return 1
        }
    }
}
