using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class AnomalyMapTests
{
    private static readonly AnomalyMap Map = new(3, 2, [0f, 0.25f, 1f, 0.5f, 0.1f, 1f]);

    [Fact]
    public void Knows_its_values_and_its_first_peak()
    {
        Assert.Equal((3, 2), (Map.Width, Map.Height));
        Assert.Equal(0.5f, Map[0, 1]);
        Assert.Equal(1f, Map.Max);
        Assert.Equal((2, 0), Map.Peak);
        Assert.Equal([0f, 0.25f, 1f, 0.5f, 0.1f, 1f], Map.Values.ToArray());
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, 2)]
    public void Refuses_a_place_outside(int x, int y) => Assert.Throws<ArgumentOutOfRangeException>(() => Map[x, y]);

    [Fact]
    public void Writes_a_sixteen_bit_png_with_rounded_levels()
    {
        using var stream = new MemoryStream();
        Map.SavePng16(stream);

        Assert.Equal([0, 16384, 65535, 32768, 6554, 65535], ReadPng16(stream.ToArray(), 3, 2));
    }

    [Fact]
    public void Its_png_can_be_decoded()
    {
        using var stream = new MemoryStream();
        Map.SavePng16(stream);
        using Picture picture = PictureDecoder.Decode(stream.ToArray(), TestPictures.Limit);

        Assert.Equal<byte>([0, 64, 255, 128, 25, 255], picture.Pixels.ToArray());
    }

    [Fact]
    public void Writes_a_numpy_array_with_the_exact_values()
    {
        using var stream = new MemoryStream();
        Map.SaveNpy(stream);
        byte[] bytes = stream.ToArray();

        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0], bytes[..8]);
        int start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        Assert.Equal(0, start % 64);
        string header = Encoding.ASCII.GetString(bytes[10..start]);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", header.TrimEnd(' ', '\n'));
        Assert.EndsWith("\n", header);
        IEnumerable<float> values = bytes[start..].Chunk(4).Select(chunk => BinaryPrimitives.ReadSingleLittleEndian(chunk));
        Assert.Equal(Map.Values.ToArray(), values);
    }

    [Fact]
    public void Saves_to_files_and_names_the_path_when_it_cannot()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Map.SavePng16(Path.Combine(folder, "new", "map.png"));
            Map.SaveNpy(Path.Combine(folder, "map.npy"));
            Assert.True(File.Exists(Path.Combine(folder, "new", "map.png")));
            Assert.True(File.Exists(Path.Combine(folder, "map.npy")));
            Assert.Contains($"'{folder}'", Assert.Throws<PromptADException>(() => Map.SaveNpy(folder)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Reads what the writer promises and nothing else: one IDAT, every row stored as its difference to the one above.</summary>
    private static int[] ReadPng16(byte[] png, int width, int height)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        Assert.Equal<byte>([16, 0, 0, 0, 0], png[24..29]);
        int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        var levels = new int[width * height];
        byte[] row = new byte[2 * width], filtered = new byte[1 + (2 * width)];
        for (int y = 0; y < height; y++)
        {
            zlib.ReadExactly(filtered);
            Assert.Equal(2, filtered[0]);
            for (int i = 0; i < row.Length; i++) row[i] += filtered[i + 1];
            for (int x = 0; x < width; x++) levels[(y * width) + x] = BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(2 * x));
        }
        return levels;
    }
}
