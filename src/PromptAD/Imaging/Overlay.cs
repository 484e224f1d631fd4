namespace PromptAD.Imaging;

/// <summary>Draws an anomaly map over its picture.</summary>
public static class Overlay
{
    /// <summary>The picture with the map's colours over it, opaque, no side longer than the options allow.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="map">Its map.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="regions">Regions to outline; null for none.</param>
    /// <param name="inspected">Whether a pixel of the map is inspected; empty where all are.</param>
    /// <exception cref="PromptADException">An option is out of range.</exception>
    public static Picture Render(
        in CameraFrame frame,
        AnomalyMap map,
        OverlayOptions options,
        IReadOnlyList<Region>? regions = null,
        ReadOnlySpan<bool> inspected = default)
    {
        options.Validate();
        double scale = Math.Min(1, (double)options.MaxSide / Math.Max(frame.Width, frame.Height));
        int width = Math.Max(1, (int)Math.Round(frame.Width * scale)), height = Math.Max(1, (int)Math.Round(frame.Height * scale));
        using Picture? plain = BayerFrames.ToPicture(frame);
        using Picture scaled = new BicubicResampler(width, height).Resize(plain is null ? frame : plain.Frame);
        var overlay = new Picture(width, height, gray: false);
        CopyColors(scaled, overlay.Pixels);
        Blend(overlay, map, new HeatColors(options));
        if (options.ShowMask && !inspected.IsEmpty) Darken(overlay, map, inspected);
        double shown = (double)width / frame.Width;
        if (regions is { Count: > 0 } && options.ShowRegions)
            OutlineDrawing.Draw(overlay, regions.Select(region => region.Outline), OutlineDrawing.Found, shown);
        if (options.Marks.Count > 0) OutlineDrawing.Draw(overlay, options.Marks, OutlineDrawing.Marked, shown);
        return overlay;
    }

    private static void CopyColors(Picture picture, Span<byte> bgra)
    {
        if (!picture.IsGray)
        {
            picture.Pixels.CopyTo(bgra);
            return;
        }
        ReadOnlySpan<byte> gray = picture.Pixels;
        for (int i = 0; i < gray.Length; i++) bgra.Slice(4 * i, 4).Fill(gray[i]);
    }

    private static void Blend(Picture overlay, AnomalyMap map, HeatColors colors)
    {
        ReadOnlySpan<float> values = map.Values.Span;
        (int Left, int Right, float Weight)[] columns = Positions(map.Width, overlay.Width);
        (int Left, int Right, float Weight)[] lines = Positions(map.Height, overlay.Height);
        for (int y = 0; y < overlay.Height; y++)
        {
            ReadOnlySpan<float> upper = values.Slice(lines[y].Left * map.Width, map.Width);
            ReadOnlySpan<float> lower = values.Slice(lines[y].Right * map.Width, map.Width);
            Span<byte> row = overlay.Row(y);
            for (int x = 0; x < columns.Length; x++)
            {
                (int left, int right, float weight) = columns[x];
                float above = float.Lerp(upper[left], upper[right], weight), below = float.Lerp(lower[left], lower[right], weight);
                colors.Blend(float.Lerp(above, below, lines[y].Weight), row.Slice(4 * x, 4));
            }
        }
    }

    /// <summary>Takes half of the light from places that are not inspected.</summary>
    private static void Darken(Picture overlay, AnomalyMap map, ReadOnlySpan<bool> inspected)
    {
        for (int y = 0; y < overlay.Height; y++)
        {
            int line = (int)((y + 0.5) * map.Height / overlay.Height) * map.Width;
            Span<byte> row = overlay.Row(y);
            for (int x = 0; x < overlay.Width; x++)
            {
                if (inspected[line + (int)((x + 0.5) * map.Width / overlay.Width)]) continue;
                for (int channel = 0; channel < 3; channel++) row[(4 * x) + channel] /= 2;
            }
        }
    }

    /// <summary>Between which two map positions each pixel lies, centre to centre, and the weight of the second.</summary>
    private static (int Left, int Right, float Weight)[] Positions(int mapLength, int pixels)
    {
        var positions = new (int, int, float)[pixels];
        for (int i = 0; i < pixels; i++)
        {
            double center = Math.Clamp(((i + 0.5) * mapLength / pixels) - 0.5, 0, mapLength - 1);
            int left = (int)center;
            positions[i] = (left, Math.Min(left + 1, mapLength - 1), (float)(center - left));
        }
        return positions;
    }
}
