using PromptAD.Files;
using PromptAD.Words;

namespace PromptAD.Evaluation.Methods;

/// <summary>
/// The prototypes of both levels after each epoch that may be chosen: one when the last counts, all when the published evaluation picks one
/// (mark Q7). They are kept in a file, so that learning is over, and need not be repeated, before the first test picture is opened.
/// </summary>
internal sealed record EpochPrompts(IReadOnlyList<Prototypes> Image, IReadOnlyList<Prototypes> Pixel)
{
    public void Write(string path)
    {
        static float[] Join(IEnumerable<float[]> rows) => [.. rows.SelectMany(row => row)];
        SafetensorsFile.Write(path, new Dictionary<string, float[]>
        {
            ["image.normal"] = Join(Image.Select(p => p.Normal)), // (epochs · E)
            ["image.anomalous"] = Join(Image.Select(p => p.Anomalous)),
            ["pixel.normal"] = Join(Pixel.Select(p => p.Normal)),
            ["pixel.anomalous"] = Join(Pixel.Select(p => p.Anomalous)),
        });
    }

    /// <summary>Null where there is no such file, or one that is damaged and so is made again.</summary>
    public static EpochPrompts? TryRead(string path, int channels)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Prototypes[] Level(string name)
            {
                IEnumerable<float[]> normal = file.ReadFloats($"{name}.normal").Chunk(channels);
                return [.. normal.Zip(file.ReadFloats($"{name}.anomalous").Chunk(channels), (n, a) => new Prototypes(n, a))];
            }

            var prompts = new EpochPrompts(Level("image"), Level("pixel"));
            bool whole = prompts.Image.Concat(prompts.Pixel).All(p => IsWhole(p.Normal) && IsWhole(p.Anomalous));
            return whole && prompts.Image.Count > 0 && prompts.Pixel.Count > 0 ? prompts : null;
        }
        catch (PromptADException)
        {
            return null;
        }

        bool IsWhole(float[] prototype) => prototype.Length == channels && Array.TrueForAll(prototype, float.IsFinite);
    }
}
