import ArgumentParser
import CInit
import Glibc
import Init

/// One binary: the init when the kernel starts it, modprobe when the kernel calls it by that name, the command line else.
@main
enum Main {
    static func main() {
        // Synchronous, and before anything else: PID 1 has no second thread and leaves by no way of argument-parser's.
        if sw_is_kernel_init() { Supervisor.run() }
        let arguments = CommandLine.arguments
        if arguments.first?.split(separator: "/").last == "modprobe" {
            exit(Modprobe.run(Array(arguments.dropFirst())))
        }
        run(Array(arguments.dropFirst()))
    }

    private static func run(_ arguments: [String]) {
        let asJSON = arguments.contains("--json")
        do {
            var command = try SlipwayCommand.parseAsRoot(arguments)
            try command.run()
        } catch let failure as CommandFailure {
            Terminal.fail(failure, asJSON: asJSON)
        } catch let code as ExitCode {
            // What there was to say is said.
            exit(code.rawValue)
        } catch {
            // argument-parser's own: help and versions are answers, all else is a wrong use of the command.
            if SlipwayCommand.exitCode(for: error) == .success {
                Terminal.answer(SlipwayCommand.fullMessage(for: error))
                exit(0)
            }
            guard asJSON else {
                Terminal.note(SlipwayCommand.fullMessage(for: error))
                exit(CommandFailure.Exit.usage.rawValue)
            }
            Terminal.fail(
                CommandFailure(
                    .usage, arguments.prefix { !$0.hasPrefix("-") }.joined(separator: " "),
                    message: SlipwayCommand.message(for: error), hint: "see slipway --help"), asJSON: true)
        }
    }
}
