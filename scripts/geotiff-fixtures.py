"""Writes small GeoTIFFs with GDAL, and what they hold, to packages/cli/test/fixtures/geotiff.

    /usr/bin/python3 scripts/geotiff-fixtures.py
    npx biome format --write packages/cli/test/fixtures/geotiff/geotiff.json

Needs GDAL (Debian: python3-gdal) and astropy 5 or later. Heights are a plane over the map,
z = (x - x0) / 10 + (y - y0) / 5, rounded for integers, with holes. null in the lists is a hole.
"""

import json
import pathlib

import astropy
import numpy as np
from astropy.convolution import convolve
from osgeo import gdal, osr

gdal.UseExceptions()
folder = pathlib.Path(__file__).parent.parent / "packages/cli/test/fixtures/geotiff"
WIDTH, HEIGHT = 21, 18
UTM = (500000.0, 30.0, 0.0, 5400000.0, 0.0, -30.0)
ROTATED = (500000.0, 24.0, 18.0, 5400000.0, 18.0, -24.0)
DEGREES = (11.0, 0.25, 0.0, 48.0, 0.0, -0.25)


def heights(transform, scale=1.0):
    x0, dx, rx, y0, ry, dy = transform
    column, row = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    x, y = dx * column + rx * row, ry * column + dy * row
    return (x / 10 + y / 5) * scale + 1000


def holes():
    missing = np.zeros((HEIGHT, WIDTH), bool)
    missing[5:9, 12:17] = missing[2, 3] = missing[17, 0] = True
    return missing


def write(name, bands, transform, epsg, kind, nodata=None, options=(), metadata=None):
    driver = gdal.GetDriverByName("GTiff")
    path = folder / f"{name}.tif"
    file = driver.Create(str(path), WIDTH, HEIGHT, len(bands), kind, list(options))
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    file.SetProjection(system.ExportToWkt())
    file.SetGeoTransform(transform)
    for key, value in (metadata or {}).items():
        file.SetMetadataItem(key, value)
    for i, band in enumerate(bands):
        if nodata is not None:
            file.GetRasterBand(i + 1).SetNoDataValue(nodata)
        file.GetRasterBand(i + 1).WriteArray(band)
    file.FlushCache()
    del file
    (folder / f"{name}.tif.aux.xml").unlink(missing_ok=True)
    read = gdal.Open(str(path))
    return {
        "transform": list(read.GetGeoTransform()),
        "nodata": read.GetRasterBand(1).GetNoDataValue(),
        "values": [
            None if value == nodata or np.isnan(value) else value
            for value in read.ReadAsArray().astype(float).reshape(len(bands), -1).T.ravel().tolist()
        ],
    }


def with_holes(values, code):
    values = values.copy()
    values[holes()] = code
    return values


kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
plane = heights(UTM)
blurred = convolve(
    with_holes(plane.astype(np.float32).astype(float), np.nan),
    kernel,
    boundary="extend",
    nan_treatment="interpolate",
    normalize_kernel=False,
)
files = {
    "float32": write(
        "float32", [with_holes(plane, -9999)], UTM, 32633, gdal.GDT_Float32, -9999,
        ["COMPRESS=LZW", "PREDICTOR=3"],
    ),
    "float64": write(
        "float64", [with_holes(heights(ROTATED), np.nan)], ROTATED, 32633, gdal.GDT_Float64, None,
        ["BIGTIFF=YES", "ENDIANNESS=BIG"],
    ),
    "int16": write(
        "int16", [with_holes(np.round(heights(DEGREES, 10)), -32768)], DEGREES, 4326,
        gdal.GDT_Int16, -32768, ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "COMPRESS=DEFLATE"],
        {"AREA_OR_POINT": "Point"},
    ),
    "uint16": write(
        "uint16", [with_holes(np.round(plane), 0)], UTM, 32633, gdal.GDT_UInt16, 0,
        ["COMPRESS=DEFLATE", "PREDICTOR=2"],
    ),
    "bands": write(
        "bands", [with_holes(plane * factor, -1) for factor in (1, 2, 3)], UTM, 32633,
        gdal.GDT_Float32, -1, ["INTERLEAVE=BAND", "COMPRESS=ZSTD"],
    ),
    "colours": write(
        "colours", [plane / factor for factor in (1500, 1600, 1700)], UTM, 32633,
        gdal.GDT_Float32, None, ["PHOTOMETRIC=RGB", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"],
    ),
    "rgb": write(
        "rgb", [np.round(plane / 5 - factor) for factor in (150, 160, 170)], UTM, 32633,
        gdal.GDT_Byte, None, ["PHOTOMETRIC=RGB"],
    ),
}
result = {
    "gdal": gdal.__version__,
    "astropy": astropy.__version__,
    "width": WIDTH,
    "height": HEIGHT,
    "files": files,
    "kernel": (kernel * 256).tolist(),
    "blurred": blurred.ravel().tolist(),
}
(folder / "geotiff.json").write_text(json.dumps(result))
