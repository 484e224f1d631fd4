using CsCheck;
using PromptAD.Checkpoints;
using PromptAD.Files;

namespace PromptAD.Tests.Checkpoints;

/// <summary>Any cut and any changed byte of any container ends in success or in one line.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private const string Seed = "0000000000000";
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public static TheoryData<string> Containers => [.. TorchFiles.Containers, "safetensors"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Containers))]
    public void Refuses_a_file_cut_at_any_byte(string container)
    {
        byte[] whole = Whole(container);
        for (int length = 0; length < whole.Length; length++)
            Assert.False(TryOpen(whole[..length]), $"cut to {length} of {whole.Length} bytes");
        Assert.True(TryOpen(whole));
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Survives_changed_bytes(string container)
    {
        byte[] whole = Whole(container);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                byte[] changed = [.. whole];
                foreach ((int at, byte value) in changes) changed[at] = value;
                TryOpen(changed);
            },
            seed: Seed, iter: 300, threads: 1);
    }

    // Anything but success or PromptADException ends the test.
    private bool TryOpen(byte[] content)
    {
        string path = Path.Combine(folder, "weights");
        File.WriteAllBytes(path, content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(path);
            foreach ((string name, TensorEntry entry) in checkpoint.Tensors) checkpoint.Read(name, new float[entry.Count]);
            return true;
        }
        catch (PromptADException e)
        {
            Assert.DoesNotContain(e.Message, char.IsControl);
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
        }
    }

    private static byte[] Whole(string container)
    {
        if (container == "safetensors") return Safetensors();
        byte[] pickle = new PickleWriter().Op('}').Op('(')
            .Text("epoch").Number(3)
            .Text("args").Global("argparse", "Namespace").Op(')').Bytes(0x81).Op('}').Text("lr").Number(1).Op('s').Op('b')
            .Text("best").Global("numpy", "dtype").Text("f8").Bytes(0x85).Op('R')
            .Text("teacher").Global("script", "Model").Op(')').Bytes(0x81).Op('}').Text("_parameters").Op('}')
            .Text("w").Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1]).Op('s').Op('s').Op('b')
            .Text("state_dict").Op('}').Op('(')
            .Text("module.w").Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1])
            .Text("module.t").Tensor("HalfStorage", "1", 12, 0, [3, 4], [1, 3])
            .Op('u').Op('u').ToArray();
        return TorchFiles.Write(container, pickle, ("0", TorchFiles.Floats(12), 4), ("1", new byte[24], 2));
    }

    private static byte[] Safetensors()
    {
        TensorEntry[] entries = [new("w", ElementType.Float32, [3, 4]), new("h", ElementType.Float16, [5])];
        using var file = new MemoryStream();
        new SafetensorsLayout(entries, new Dictionary<string, string> { ["note"] = "ä" }).Write(file, entry => new float[entry.Count]);
        return file.ToArray();
    }
}
