using PromptAD.Checkpoints;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Pretraining.Model;
using PromptAD.Pretraining.Text;

namespace PromptAD.Pretraining.Tests.Model;

/// <summary>Small configurations, and weights made by rule for them.</summary>
internal static class SmallBackbone
{
    public const string Trunk = ", \"trunk\": {\"channels\": [6, 10, 12], \"blocks\": 2, \"stages\": [2, 3]}, \"memory_taps\": {\"blocks\": []}";
    private const string Stem = ", \"stem\": {\"channels\": [8, 8, 12, 16]}";

    public static ClipConfiguration Configuration(string vision = "", bool quickGelu = false, int vocabulary = 600) => ClipConfiguration.Parse($$"""
        {"embed_dim": 24, "quick_gelu": {{(quickGelu ? "true" : "false")}},
         "vision_cfg": {"image_size": 48, "layers": 3, "width": 32, "head_width": 16, "patch_size": 16{{vision}} },
         "text_cfg": {"context_length": 30, "vocab_size": {{vocabulary}}, "width": 32, "heads": 2, "layers": 2} }
        """);

    /// <summary>With the vocabulary that pretraining makes, written to a file.</summary>
    public static ClipConfiguration WithVocabulary(string path, string vision = Stem)
    {
        IReadOnlyList<string> merges = MergesLearner.Learn();
        File.WriteAllLines(path, merges.Prepend("#version: 0.2"));
        return Configuration(vision, vocabulary: ClipTokenizer.ByteTokens + ClipTokenizer.MarkerTokens + merges.Count);
    }

    public static ModelWeights ByRule(ClipConfiguration configuration)
    {
        using var rule = new DeterministicCheckpoint(configuration);
        return ModelWeights.Read(configuration, name =>
        {
            var values = new float[rule.Tensors[name].Count];
            rule.Read(name, values);
            return values;
        });
    }
}
