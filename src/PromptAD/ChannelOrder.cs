namespace PromptAD;

/// <summary>The order in which the colour channels of a picture reach the encoder (mark Q6).</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue: what the encoder was trained on.</summary>
    Rgb,

    /// <summary>Blue, green, red: what the paper's program feeds for test pictures.</summary>
    Bgr,
}
