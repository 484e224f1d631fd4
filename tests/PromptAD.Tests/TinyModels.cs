using PromptAD.Encoders.Clip;

namespace PromptAD.Tests;

/// <summary>Configurations small enough that a test with one takes milliseconds.</summary>
internal static class TinyModels
{
    /// <summary>Four blocks, taps in blocks 1 and 2, 4 x 4 patches.</summary>
    public const string Json = """
        {"embed_dim": 16, "vision_cfg": {"image_size": 32, "patch_size": 8, "width": 24, "head_width": 8, "layers": 4},
         "text_cfg": {"context_length": 24, "vocab_size": 600, "width": 16, "heads": 2, "layers": 1}}
        """;

    public static ClipConfiguration Configuration { get; } = ClipConfiguration.Parse(Json);
}
