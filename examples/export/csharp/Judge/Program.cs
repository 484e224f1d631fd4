// Judges pictures with a detector that 'promptad export' wrote. Pictures are binary PPM files (P6), which need no package to be read; a
// camera's software hands over such bytes anyway.
using System.Globalization;
using System.Text;
using PromptAD.Examples;

if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: Judge <file.onnx> <picture.ppm>...");
    return 2;
}
using var detector = new ExportedDetector(args[0]);
foreach (string path in args[1..])
{
    (byte[] rgb, int width, int height) = ReadPpm(path);
    if ((width, height) != (detector.Width, detector.Height))
    {
        Console.Error.WriteLine($"'{path}' is {width} x {height}, but the file takes {detector.Width} x {detector.Height} pixels.");
        return 1;
    }
    (string? verdict, float score, float? normalized, float[] map) = detector.Judge(rgb);
    string shown = normalized?.ToString(CultureInfo.InvariantCulture) ?? "-";
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdict ?? "-"}\t{score}\t{shown}\t{map.Max()}\t{path}"));
}
return 0;

// "P6", width, height and 255, each followed by one white space (no comments), then the pixels.
static (byte[] Rgb, int Width, int Height) ReadPpm(string path)
{
    byte[] file = File.ReadAllBytes(path);
    int at = 0;
    string Word()
    {
        int start = at;
        while (file[at] > ' ') at++;
        return Encoding.ASCII.GetString(file, start, at++ - start);
    }
    if (Word() != "P6") throw new InvalidDataException($"'{path}' is no binary PPM file.");
    int width = int.Parse(Word(), CultureInfo.InvariantCulture), height = int.Parse(Word(), CultureInfo.InvariantCulture);
    if (Word() != "255") throw new InvalidDataException($"'{path}' has more than 8 bits.");
    return (file[at..(at + (3 * width * height))], width, height);
}
