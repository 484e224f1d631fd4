using Fuzzing;
using SharpFuzz;

const string Usage =
    """
    Usage: Fuzzing list                         what can be fuzzed
           Fuzzing fuzz <reader>                reads what AFL++ gives; started by run.sh
           Fuzzing replay <reader> <files>      reads files, and says what each did
    """;

switch (args)
{
    case ["list"]:
        foreach (FuzzTarget target in FuzzTarget.All) Console.WriteLine(target.Name);
        return 0;
    case ["fuzz", string name] when Find(name) is { } target:
        Fuzz(target);
        return 0;
    case ["replay", string name, .. string[] files] when Find(name) is { } target:
        return Replay(target, files);
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static FuzzTarget? Find(string name) => FuzzTarget.All.FirstOrDefault(one => one.Name == name);

static void Fuzz(FuzzTarget target)
{
    string folder = Directory.CreateTempSubdirectory("promptad-fuzz-").FullName;
    try
    {
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            try
            {
                target.Read(bytes.ToArray(), folder);
            }
            catch (Exception e) when (FuzzTarget.IsRefusal(e))
            {
                // As it should be.
            }
        });
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static int Replay(FuzzTarget target, string[] files)
{
    string folder = Directory.CreateTempSubdirectory("promptad-fuzz-").FullName;
    int faults = 0;
    foreach (string file in files)
    {
        long start = Environment.TickCount64;
        string outcome = "read";
        try
        {
            target.Read(File.ReadAllBytes(file), folder);
        }
        catch (Exception e)
        {
            outcome = FuzzTarget.IsRefusal(e) ? $"refused: {e.Message}" : $"FAULT: {e}";
            if (!FuzzTarget.IsRefusal(e)) faults++;
        }
        Console.WriteLine($"{file}: {outcome} ({Environment.TickCount64 - start} ms)");
    }
    Directory.Delete(folder, recursive: true);
    return faults > 0 ? 1 : 0;
}
