using System.Runtime.CompilerServices;

namespace PromptAD.Training.Tests;

internal static class Threads
{
    [ModuleInitializer]
    internal static void Prepare() => NativeLibraries.Load();
}
