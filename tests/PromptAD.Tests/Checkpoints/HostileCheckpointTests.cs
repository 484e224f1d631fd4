using System.IO.Compression;
using System.Text;
using PromptAD.Checkpoints;

namespace PromptAD.Tests.Checkpoints;

/// <summary>Whatever a file holds, opening it may only succeed or fail with one line, and never runs anything.</summary>
public sealed class HostileCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Refuses_a_pickle_that_runs_a_command_and_names_the_command()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "checkpoints", "hostile.pt");
        var error = Assert.Throws<PromptADException>(() => Checkpoint.Open(path));
        Assert.Equal($"Cannot read '{path}' as PyTorch weights: it asks for 'posix.system', which is not allowed in weights; "
            + "nothing was run. Save the model's state_dict alone, best as safetensors, and give that.", error.Message);
    }

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "dict.__class__")]
    [InlineData("__builtin__", "execfile")]
    [InlineData("os", "system")]
    [InlineData("os.path", "join")]
    [InlineData("torch", "load")]
    [InlineData("torch.hub", "load")]
    [InlineData("torch", "hub.load")]
    [InlineData("collections.OrderedDict.fromkeys.__globals__", "x")]
    [InlineData("numpy", "core.__builtins__")]
    [InlineData("__main__", "Config.__init__.__globals__")]
    public void Refuses_what_only_an_attack_asks_for_however_it_is_asked_for(string module, string name)
    {
        byte[] textual = new PickleWriter().Op('}').Text("w").Op(']').Global(module, name).Op('a').Op('s').ToArray();
        byte[] stacked = new PickleWriter().Op('}').Text("w").Text(module).Text(name).Bytes(0x93).Op('s').ToArray();
        foreach (byte[] pickle in new[] { textual, stacked })
        {
            foreach (string container in TorchFiles.Containers)
                AssertRefused(TorchFiles.Write(container, pickle), $"'{module}.{name}', which is not allowed");
        }
    }

    [Theory]
    [InlineData('i')] // an instance of a class named in the pickle
    [InlineData('o')]
    [InlineData('P')] // a persistent id in text
    [InlineData('\u0082')] // an extension
    [InlineData('\u0097')] // a buffer from outside
    [InlineData('\u0000')]
    public void Refuses_an_operation_that_weights_do_not_need(char operation) =>
        AssertRefused(Zip(new PickleWriter().Bytes((byte)operation).Op('}')), $"pickle operation 0x{(int)operation:X2}");

    [Fact]
    public void Prints_a_name_full_of_control_characters_as_one_line()
    {
        PickleWriter asking = new PickleWriter().Text("os.a\n\u001b[2Jb").Text(new string('x', 5000)).Bytes(0x93);
        string message = AssertRefused(Zip(asking), "asks for");
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 0, 600);
        byte[] pickle = new PickleWriter().Op('}').Text("two\nlines").Tensor("FloatStorage", "a", 1, 0, [1], [1]).Op('s').ToArray();
        AssertRefused(TorchFiles.Write(TorchFiles.Zip, pickle, ("a", new byte[4], 4)), "not a short line of text");
    }

    [Theory]
    [InlineData(new byte[] { (byte)'.' }, "damaged")] // nothing to return
    [InlineData(new byte[] { (byte)'(', (byte)'0', (byte)'0', (byte)'.' }, "damaged")] // more taken than held
    [InlineData(new byte[] { (byte)'}', (byte)'(', (byte)'s', (byte)'.' }, "damaged")] // takes across a mark
    [InlineData(new byte[] { (byte)'}', (byte)'(', (byte)'K', 1, (byte)'u', (byte)'.' }, "damaged")] // a key without a value
    [InlineData(new byte[] { (byte)'N', (byte)'K', 1, (byte)'a', (byte)'.' }, "damaged")] // appends to nothing
    [InlineData(new byte[] { (byte)'h', 7, (byte)'.' }, "damaged")] // recalls what was not kept
    [InlineData(new byte[] { (byte)'N', (byte)'N', (byte)'R', (byte)'.' }, "damaged")] // calls nothing
    [InlineData(new byte[] { (byte)'N', (byte)'Q', (byte)'.' }, "damaged")] // a storage without a name
    [InlineData(new byte[] { (byte)'X', 0xFF, 0xFF, 0xFF, 0x7F, (byte)'.' }, "ends too early")] // a text of 2 GB
    [InlineData(new byte[] { (byte)'X', 0xFF, 0xFF, 0xFF, 0xFF, (byte)'.' }, "damaged")] // a text of -1 bytes
    [InlineData(new byte[] { 0x8E, 0, 0, 0, 0, 0, 0, 0, 0x40, (byte)'.' }, "ends too early")] // 2^62 bytes
    [InlineData(new byte[] { 0x8B, 0, 0, 0, 0x40, (byte)'.' }, "damaged")] // a number of a billion bytes
    [InlineData(new byte[] { (byte)']', (byte)'q', 0, (byte)'h', 0, (byte)'a', (byte)'.' }, "no dictionary")] // a list within itself
    [InlineData(new byte[] { (byte)'}', (byte)'q', 0, (byte)'N', (byte)'h', 0, (byte)'s', (byte)'.' }, "no tensors")]
    [InlineData(new byte[] { (byte)'}', (byte)'.' }, "no tensors")]
    public void Refuses_a_broken_pickle(byte[] operations, string reason) => AssertRefused(ZipOf(operations), reason);

    [Fact]
    public void Refuses_a_pickle_far_larger_than_weights_need()
    {
        AssertRefused(TorchFiles.Write(TorchFiles.CompressedZip, new byte[65 << 20]), "larger than");
        byte[] endless = new byte[2_000_001];
        endless.AsSpan().Fill((byte)'N');
        AssertRefused(ZipOf(endless), "more than 2000000 operations");
    }

    [Theory]
    [InlineData(4, 0, new long[] { 5 }, new long[] { 1 }, "lies outside its storage")]
    [InlineData(4, 4, new long[] { 1 }, new long[] { 1 }, "lies outside its storage")]
    [InlineData(4, long.MaxValue, new long[] { 1 }, new long[] { 1 }, "lies outside its storage")]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 4, 1 }, "lies outside its storage")]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, "lies outside its storage")]
    [InlineData(4, 0, new long[] { long.MaxValue, 2 }, new long[] { 0, 0 }, "is larger than 2 GB")]
    [InlineData(4, 0, new long[] { 4096, 4096, 4096, 4096, 4096, 4096 }, new long[] { 0, 0, 0, 0, 0, 0 }, "is larger than 2 GB")]
    [InlineData(4, 0, new long[] { 1000, 1000 }, new long[] { 0, 0 }, "is larger than the file")]
    [InlineData(4, -1, new long[] { 1 }, new long[] { 1 }, "negative")]
    [InlineData(4, 3, new long[] { 2 }, new long[] { -1 }, "negative")]
    [InlineData(4, 0, new long[] { -1 }, new long[] { 1 }, "negative")]
    [InlineData(4, 0, new long[] { 2 }, new long[] { 1, 1 }, "broken shape")]
    [InlineData(4, 0, new long[] { 2, 3 }, new long[] { 1, 1 }, "overlaps itself")]
    [InlineData(5, 0, new long[] { 1 }, new long[] { 1 }, "cut short")]
    [InlineData(long.MaxValue, 0, new long[] { 1 }, new long[] { 1 }, "cut short")]
    public void Refuses_a_tensor_that_its_storage_does_not_hold(long elements, long offset, long[] shape, long[] strides, string reason)
    {
        byte[] pickle = OneTensor("a", elements, offset, shape, strides);
        foreach (string container in TorchFiles.Containers)
        {
            string message = AssertRefused(TorchFiles.Write(container, pickle, ("a", TorchFiles.Floats(4), 4)), reason);
            Assert.Contains("tensor 'w' ", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Refuses_a_storage_that_is_missing_doubled_or_of_two_types()
    {
        (string, byte[], int) other = ("a", new byte[4], 4), own = ("../a", new byte[4], 4);
        byte[] pickle = OneTensor("../a", 1, 0, [1], [1]);
        AssertRefused(TorchFiles.Write(TorchFiles.Zip, pickle, other), "has no elements in the file");
        AssertRefused(TorchFiles.Write(TorchFiles.Legacy, pickle, other), "list of storages is damaged");
        AssertRefused(TorchFiles.Write(TorchFiles.Legacy, pickle, own, own), "lists a storage twice");
        AssertRefused(TorchFiles.Write(TorchFiles.Zip, pickle, other, other), "two entries of one name");
        byte[] twoTypes = new PickleWriter().Op('}').Text("w").Tensor("FloatStorage", "a", 1, 0, [1], [1]).Op('s')
            .Text("v").Tensor("LongStorage", "a", 1, 0, [1], [1]).Op('s').ToArray();
        AssertRefused(TorchFiles.Write(TorchFiles.Zip, twoTypes, ("a", new byte[8], 4)), "two types");
    }

    [Fact]
    public void Refuses_the_bytes_of_a_big_endian_machine()
    {
        byte[] pickle = new PickleWriter().Op('}').ToArray();
        byte[] zip = TorchFiles.WriteZip(CompressionLevel.NoCompression, ("m/data.pkl", pickle), ("m/byteorder", "big"u8.ToArray()));
        AssertRefused(zip, "big-endian");
        AssertRefused(TorchFiles.WriteLegacy(pickle, [], littleEndian: false), "big-endian");
    }

    [Fact]
    public void Refuses_other_zip_archives_by_name()
    {
        byte[] pickle = new PickleWriter().Op('}').ToArray();
        const CompressionLevel Level = CompressionLevel.NoCompression;
        AssertRefused(TorchFiles.WriteZip(Level, ("a/data.pkl", pickle), ("b/data.pkl", pickle)), "more than one data.pkl");
        AssertRefused(TorchFiles.WriteZip(Level, ("w.npy", [1])), "no data.pkl");
        AssertRefused(TorchFiles.WriteZip(Level), "no data.pkl");
    }

    [Fact]
    public void Refuses_an_entry_that_claims_more_than_deflate_can_hold()
    {
        byte[] pickle = OneTensor("a", 100_000_000, 0, [100_000_000], [1]);
        byte[] file = TorchFiles.WriteZip(CompressionLevel.Optimal, ("m/data.pkl", pickle), ("m/data/a", new byte[40_000]));
        byte[] honest = BitConverter.GetBytes(40_000), claimed = BitConverter.GetBytes(400_000_000);
        for (int at; (at = file.AsSpan().IndexOf(honest)) >= 0;) claimed.CopyTo(file, at);
        AssertRefused(file, "claims an impossible size");
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("\u0080\u0004K\u0001.", "bare pickle")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer")]
    [InlineData("\n<!DOCTYPE html><html>", "web page")]
    [InlineData("GGUF", "neither safetensors nor PyTorch")]
    [InlineData("PK\u0003\u0004 and no more", "Cannot read")]
    public void Says_what_it_was_given_instead(string content, string reason) => AssertRefused(Encoding.Latin1.GetBytes(content), reason);

    [Fact]
    public void Refuses_the_tar_archive_of_the_first_versions_by_name()
    {
        var tar = new byte[1024];
        "ustar"u8.CopyTo(tar.AsSpan(257));
        AssertRefused(tar, "tar archive, as PyTorch wrote them before 2017");
    }

    [Fact]
    public void Refuses_a_missing_file_and_a_folder()
    {
        foreach (string path in new[] { Path.Combine(folder, "none.pt"), folder })
        {
            var error = Assert.Throws<PromptADException>(() => Checkpoint.Open(path));
            Assert.StartsWith($"Cannot open '{path}': ", error.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] OneTensor(string key, long elements, long offset, long[] shape, long[] strides) =>
        new PickleWriter().Op('}').Text("w").Tensor("FloatStorage", key, elements, offset, shape, strides).Op('s').ToArray();

    private static byte[] Zip(PickleWriter pickle) => ZipOf(pickle.ToArray());

    private static byte[] ZipOf(byte[] pickle) => TorchFiles.Write(TorchFiles.Zip, pickle);

    private string AssertRefused(byte[] content, string reason)
    {
        string path = Path.Combine(folder, "weights.pt");
        File.WriteAllBytes(path, content);
        string message = Assert.Throws<PromptADException>(() => Checkpoint.Open(path).Dispose()).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        File.Delete(path); // fails on some systems if the file were still open
        return message;
    }
}
